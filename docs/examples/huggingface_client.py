# The image-to-text example of huggingface_hub, with another address and key.
#   ALTSMITH_URL=http://127.0.0.1:8787 ALTSMITH_KEY=… python docs/examples/huggingface_client.py picture.jpg
import os
import sys

from huggingface_hub import InferenceClient

client = InferenceClient(model=os.environ["ALTSMITH_URL"] + "/hf", token=os.environ["ALTSMITH_KEY"])

output = client.image_to_text(sys.argv[1])

print(output.generated_text)
