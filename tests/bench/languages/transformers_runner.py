"""Answers each line of standard input, a number of beams, with {ms, cpu, mb} of one translation by transformers. FOLDER int8|fp32."""

import json
import resource
import sys
import time

import torch
from transformers import MarianMTModel, logging

logging.set_verbosity_error()
torch.set_num_threads(2)
# As many tokens as ours has: what they say does not matter.
SOURCE, NEW_TOKENS = torch.tensor([list(range(2, 18)) + [0]]), 16


def main(folder, precision):
    model = MarianMTModel.from_pretrained(folder).eval()
    if precision == "int8":
        model = torch.ao.quantization.quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)
    for line in sys.stdin:
        begin, worked = time.perf_counter(), time.process_time()
        with torch.inference_mode():
            model.generate(input_ids=SOURCE, attention_mask=torch.ones_like(SOURCE), num_beams=int(line), max_new_tokens=NEW_TOKENS)
        ms, cpu = 1000 * (time.perf_counter() - begin), 1000 * (time.process_time() - worked)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"ms": ms, "cpu": cpu, "mb": {"peak_of_process": peak}}), flush=True)


main(*sys.argv[1:])
