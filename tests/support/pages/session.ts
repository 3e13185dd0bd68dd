import { spawn, type ChildProcess } from 'node:child_process';
import { waitFor } from '../wait-for';
import { firstUntrue, type Step } from './page';

const QUESTION = /\[y\/N\] (\S+)$/;
/** What `altsmith start` says last; it goes on until Ctrl-C. */
const LASTS = /Ctrl-C$/;
const LONGEST_MS = 600_000;

/** A person at a terminal who types the commands of a page. Throws where something is not as the page says. */
export class PageSession {
  private readonly child: ChildProcess;
  private text = '';
  private lasting = false;
  private settling = 0;

  /** `shell` is the program and the words that start a bash. */
  constructor(
    shell: readonly string[],
    options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
    private readonly rewrite: (command: string) => string = (command) => command,
  ) {
    const command = ['exec', ...shell, 'bash', '--noprofile', '--norc', '--noediting'].join(' ');
    this.child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
      ...options,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.text += chunk.toString().replaceAll('\r', '')));
    this.type('stty -echo -onlcr cols 500; PS1=; PS2=; set +m\n');
  }

  /** Runs them all; gives what the last one said. */
  async follow(steps: readonly Step[]): Promise<string> {
    let said = '';
    for (const step of steps) said = await this.#step(step);
    return said;
  }

  /** Runs a command that no page has; gives what it said. */
  async ask(command: string): Promise<string> {
    return this.#run(command, []);
  }

  /** Ends what goes on, and the shell. */
  async leave(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    if (this.child.exitCode === null) {
      this.type('\u0003');
      this.type('\nexit\n');
      const timer = setTimeout(() => this.child.kill('SIGKILL'), 30_000);
      await ended;
      clearTimeout(timer);
    }
  }

  private type(text: string): void {
    this.child.stdin?.write(text);
  }

  async #step({ command, shown }: Step): Promise<string> {
    const said = command === '^C' ? await this.#interrupt() : await this.#run(this.rewrite(command), shown);
    const untrue = firstUntrue(shown, said);
    if (untrue !== null) throw new Error(`$ ${command}\nthe page says: ${untrue}\nbut it said:\n${said}`);
    return said;
  }

  async #run(command: string, shown: readonly string[]): Promise<string> {
    if (this.lasting) throw new Error(`"${command}" is typed while another program still runs`);
    const answer = shown.map((line) => QUESTION.exec(line)?.[1]).find((one) => one !== undefined);
    this.lasting = LASTS.test(shown.at(-1) ?? '');
    await this.#settled();
    const from = this.text.length;
    this.type(this.lasting ? `${command}\n` : `${command}; printf '\\n@@%d@@\\n' $?\n`);
    let isAnswered = false;
    const said = () => this.text.slice(from);
    const isOver = () => {
      if (answer !== undefined && !isAnswered && said().endsWith('[y/N] ')) {
        isAnswered = true;
        this.text += `${answer}\n`;
        this.type(`${answer}\n`);
      }
      return this.lasting ? LASTS.test(said().trimEnd()) : /\n@@\d+@@\n$/.test(said());
    };
    await waitFor(`the end of "${command}"`, isOver, { timeoutMs: LONGEST_MS, everyMs: 20 }).catch((error: unknown) => {
      throw new Error(`"${command}" did not end; it said:\n${said()}`, { cause: error });
    });
    const code = /\n@@(\d+)@@\n$/.exec(said())?.[1];
    const text = said().replace(/\n?\n@@\d+@@\n$/, '');
    if (code !== undefined && code !== '0') throw new Error(`"${command}" ended with ${code}:\n${text}`);
    return text;
  }

  /** Nothing of an earlier command is still to come. */
  async #settled(): Promise<void> {
    this.settling += 1;
    const mark = `@@ready ${this.settling}@@`;
    this.type(`printf '@@ready %d@@\\n' ${this.settling}\n`);
    await waitFor('the shell', () => this.text.trimEnd().endsWith(mark), { everyMs: 20 });
  }

  async #interrupt(): Promise<string> {
    const from = this.text.length;
    this.lasting = false;
    this.type('\u0003');
    await waitFor('the end', () => this.text.slice(from).includes('Stopped.'), { timeoutMs: 60_000, everyMs: 20 });
    const said = this.text.slice(from);
    await this.#settled();
    return said.replace(/^\^C/, '').trimStart();
  }
}
