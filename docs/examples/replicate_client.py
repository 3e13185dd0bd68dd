# The example on the page of salesforce/blip, with another address and key. The Python client adds /v1 by itself.
#   ALTSMITH_URL=http://127.0.0.1:8787 ALTSMITH_KEY=… python docs/examples/replicate_client.py picture.jpg
import os
import sys

from replicate.client import Client

replicate = Client(api_token=os.environ["ALTSMITH_KEY"], base_url=os.environ["ALTSMITH_URL"] + "/replicate")

with open(sys.argv[1], "rb") as image:
    output = replicate.run(
        "salesforce/blip:2e1dddc8621f72155f24cf2e0adbde548458d3cab9f00c0139eea840d0ac4746",
        input={"task": "image_captioning", "image": image},
    )

print(output)
