"""Generates a Python client from each port's OpenAPI document, and asks the server with it.

    python3 generated.py DATA_URL ADMIN_URL DIRECTORY

Prints what was wrong; nothing when all is well.
"""
import importlib
import json
import pathlib
import subprocess
import sys
import urllib.request


def generate(url, folder, name):
    document = json.load(urllib.request.urlopen(f"{url}/v1/openapi.json"))
    document["info"]["title"] = name
    path = folder / f"{name}.json"
    path.write_text(json.dumps(document))
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--path", str(path),
               "--meta", "none", "--output-path", str(folder / name), "--overwrite"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode or "WARNING" in done.stdout + done.stderr or "ERROR" in done.stderr:
        print(done.stdout, done.stderr)
        sys.exit(1)


def operation(name, wanted):
    """The module of an operation, wherever the generator has put it."""
    folder = pathlib.Path(importlib.import_module(f"{name}.api").__file__).parent
    for file in folder.rglob(f"{wanted}.py"):
        parts = file.relative_to(folder).with_suffix("").parts
        return importlib.import_module(".".join([f"{name}.api", *parts]))
    raise SystemExit(f"no operation {wanted} among {sorted(p.stem for p in folder.rglob('*.py'))}")


data, admin, directory = sys.argv[1].rstrip("/"), sys.argv[2].rstrip("/"), pathlib.Path(sys.argv[3])
sys.path.insert(0, str(directory))
generate(data, directory, "data_client")
generate(admin, directory, "admin_client")

from admin_client import Client as AdminClient  # noqa: E402
from data_client import Client as DataClient  # noqa: E402

for key in ["plain", "two words", "a+b", "50%", "naïve"]:
    answer = operation("data_client", "get_record").sync_detailed(
        "words", key, client=DataClient(data), fields=["key", "n"])
    values = json.loads(answer.content).get("values", {})
    if (int(answer.status_code), values.get("key")) != (200, key):
        print(f"record {key}: {answer.status_code} {answer.content!r}")
answer = operation("admin_client", "jobs").sync_detailed(client=AdminClient(admin))
if [job["name"] for job in json.loads(answer.content)["jobs"]] != ["words"]:
    print(f"jobs: {answer.status_code} {answer.content!r}")
