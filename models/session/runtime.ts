// The only file that loads onnxruntime-node: what it would send home is switched off before it is there.
import './no-telemetry';

export { env, InferenceSession, Tensor } from 'onnxruntime-node';
