'use strict';
// npm run bench:models -- [--model blip-base|blip-large|blip-vqa-base|florence-2-base|florence-2-large|blip-2-flan-t5-xl|blip-2-flan-t5-xl-coco|mini]
//   [--parts table,compare,workers,accuracy,flame] [--peers fp32,bf16,int8,openvino] [--hide avx2|avx512|vnni] [--rounds N] [--out file.json [--add]]
require('./bundle').run('models');
