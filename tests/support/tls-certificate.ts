import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A certificate for 127.0.0.1 and further names, signed by itself: its own authority. */
export class TlsCertificate {
  private constructor(readonly folder: string) {}

  static make(names: readonly string[] = []): TlsCertificate {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-tls-'));
    const alternatives = ['IP:127.0.0.1', ...names.map((name) => `DNS:${name}`)].join(',');
    const words = '-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test'.split(' ');
    const certificate = new TlsCertificate(folder);
    const files = ['-keyout', certificate.keyFile, '-out', certificate.file];
    execFileSync('openssl', ['req', ...words, ...files, '-addext', `subjectAltName=${alternatives}`], {
      stdio: 'ignore',
    });
    return certificate;
  }

  /** For NODE_EXTRA_CA_CERTS and the like. */
  get file(): string {
    return path.join(this.folder, 'cert.pem');
  }

  get keyFile(): string {
    return path.join(this.folder, 'key.pem');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
