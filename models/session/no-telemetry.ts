/**
 * Import this before onnxruntime-node. Since 1.30 its Linux build reports to its maker unless this variable is set when it loads:
 * processor, system, program and a lasting number of the machine, kept under ~/.cache. A sidecar calls nobody.
 */
process.env['ORT_DISABLE_TELEMETRY'] = '1';
