# The multimodal example of ollama-python, with another address and key.
#   ALTSMITH_URL=http://127.0.0.1:8787 ALTSMITH_KEY=… python docs/examples/ollama_client.py picture.jpg
import os
import sys

from ollama import Client

client = Client(
    host=os.environ["ALTSMITH_URL"],
    headers={"Authorization": "Bearer " + os.environ["ALTSMITH_KEY"]},
)

response = client.generate(model="llava", prompt="describe this image:", images=[sys.argv[1]])

print(response["response"])
