# The vision example of OpenAI's documentation, with another address and key.
#   ALTSMITH_URL=http://127.0.0.1:8787 ALTSMITH_KEY=… python docs/examples/openai_client.py picture.jpg
import base64
import os
import sys

from openai import OpenAI

client = OpenAI(base_url=os.environ["ALTSMITH_URL"] + "/v1", api_key=os.environ["ALTSMITH_KEY"])
with open(sys.argv[1], "rb") as image_file:
    base64_image = base64.b64encode(image_file.read()).decode("utf-8")

response = client.chat.completions.create(
    model="gpt-4o-mini",
    messages=[
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "What's in this image?"},
                {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{base64_image}"}},
            ],
        }
    ],
)

print(response.choices[0].message.content)
