import { useEffect, useRef, useState } from 'preact/hooks';
import { Dialog } from '../parts/dialog';
import { Notice } from '../parts/notice';
import type { Named } from './use-pictures';

interface CameraProps {
  readonly onPicture: (picture: Named) => void;
  readonly onClose: () => void;
}

function whyNot(thrown: unknown): string {
  const name = thrown instanceof DOMException ? thrown.name : '';
  if (name === 'NotAllowedError') return 'The browser was not allowed to use the camera.';
  if (name === 'NotFoundError') return 'There is no camera on this device.';
  return 'The camera could not be opened; another program may be using it.';
}

async function openCamera(): Promise<MediaStream> {
  if (!isSecureContext) throw new DOMException('', 'NotAllowedError');
  return navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' }, audio: false });
}

/** The picture that the video shows now, as JPEG. */
async function still(video: HTMLVideoElement): Promise<Blob | null> {
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.92));
}

export function Camera({ onPicture, onClose }: CameraProps) {
  const video = useRef<HTMLVideoElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isReady, setReady] = useState(false);

  useEffect(() => {
    let stream: MediaStream | null = null;
    let isGone = false;
    openCamera()
      .then((opened) => {
        stream = opened;
        // Closed while the person was being asked: the camera's light must not stay on.
        if (isGone) stopAll(opened);
        else if (video.current !== null) video.current.srcObject = opened;
      })
      .catch((thrown: unknown) => setProblem(whyNot(thrown)));
    return () => {
      isGone = true;
      if (stream !== null) stopAll(stream);
    };
  }, []);

  const shoot = () => {
    if (video.current === null) return;
    void still(video.current).then((blob) => {
      if (blob !== null) onPicture({ name: `camera ${new Date().toISOString().slice(0, 19)}.jpg`, blob });
    });
  };
  return (
    <Dialog title="Camera" onClose={onClose}>
      {problem === null ? (
        <>
          <video ref={video} autoplay muted playsinline onLoadedData={() => setReady(true)} />
          <button type="button" class="main" disabled={!isReady} onClick={shoot}>
            Take the picture
          </button>
        </>
      ) : (
        <Notice tone="warn">{problem}</Notice>
      )}
    </Dialog>
  );
}

function stopAll(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
