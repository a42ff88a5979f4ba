"""Asks a running server through one real HTTP client, and says what was wrong.

    python3 clients.py CLIENT DATA_URL ADMIN_URL

CLIENT is requests, httpx, urllib3, aiohttp, curl or node. The server serves the job `words`, whose
keys are those of WORDS; each record's fields are `key` (the key again), `n` and `tags`.
Ends with 0 and prints nothing when every answer was right.
"""
import asyncio
import json
import subprocess
import sys
import urllib.parse

WORDS = ["plain", "two words", "a+b", "50%", "x,y", "a/b", "naïve", "日本", "q?#&=", "a\\b", "[1]|{2}^"]

faults = []


def expect(what, found, wanted):
    if found != wanted:
        faults.append(f"{what}: found {found!r}, expected {wanted!r}")


def record_url(base, key):
    return f"{base}/v1/jobs/words/keys/{urllib.parse.quote(key, safe='')}"


LOOKUP = {"keys": WORDS + ["missing"], "fields": ["key"]}


def check_lookup(name, document):
    found = [r["values"]["key"] if r["found"] else None for r in document["results"]]
    expect(f"{name}: lookup", found, WORDS + [None])


def check_lines(name, lines):
    keys = sorted(json.loads(line)["key"] for line in lines if line)
    expect(f"{name}: rows", keys, sorted(WORDS))


def chunks(document):
    text = json.dumps(document).encode()
    return (text[i:i + 7] for i in range(0, len(text), 7))


def with_requests(data, admin):
    import requests
    with requests.Session() as session:
        for key in WORDS:
            answer = session.get(record_url(data, key), params={"fields": "key,n"})
            expect(f"requests: {key}", answer.json().get("values", {}).get("key"), key)
        expect("requests: 404", session.get(record_url(data, "none")).json()["type"], "key-not-found")
        check_lookup("requests", session.post(f"{data}/v1/jobs/words/lookup", json=LOOKUP).json())
        # A generator is sent in chunks.
        answer = session.post(f"{data}/v1/jobs/words/lookup", data=chunks(LOOKUP))
        check_lookup("requests, in chunks", answer.json())
        answer = session.get(f"{data}/v1/jobs/words/rows", headers={"Accept": "application/x-ndjson"})
        check_lines("requests", answer.text.split("\n"))
        page = session.get(f"{data}/v1/jobs/words/rows", params={"from": "two words", "limit": 1})
        expect("requests: from", page.json()["rows"][0]["key"], "two words")
        tag = session.get(record_url(data, "plain")).headers["ETag"]
        again = session.get(record_url(data, "plain"), headers={"If-None-Match": tag})
        expect("requests: not modified", again.status_code, 304)
        expect("requests: jobs", session.get(f"{admin}/v1/jobs").status_code, 200)


def with_httpx(data, admin):
    import httpx
    with httpx.Client() as client:
        for key in WORDS:
            answer = client.get(record_url(data, key), params={"fields": "key,n"})
            expect(f"httpx: {key}", answer.json().get("values", {}).get("key"), key)
        check_lookup("httpx", client.post(f"{data}/v1/jobs/words/lookup", json=LOOKUP).json())
        answer = client.post(f"{data}/v1/jobs/words/lookup", content=chunks(LOOKUP))
        check_lookup("httpx, in chunks", answer.json())
        with client.stream("GET", f"{data}/v1/jobs/words/rows",
                           headers={"Accept": "application/x-ndjson"}) as answer:
            check_lines("httpx", list(answer.iter_lines()))
        expect("httpx: jobs", client.get(f"{admin}/v1/jobs").status_code, 200)


def with_urllib3(data, admin):
    import urllib3
    pool = urllib3.PoolManager()
    for key in WORDS:
        answer = pool.request("GET", record_url(data, key), fields={"fields": "key,n"})
        expect(f"urllib3: {key}", answer.json().get("values", {}).get("key"), key)
    check_lookup("urllib3", pool.request("POST", f"{data}/v1/jobs/words/lookup", json=LOOKUP).json())
    answer = pool.request("POST", f"{data}/v1/jobs/words/lookup", body=chunks(LOOKUP), chunked=True)
    check_lookup("urllib3, in chunks", answer.json())
    expect("urllib3: jobs", pool.request("GET", f"{admin}/v1/jobs").status, 200)


def with_aiohttp(data, admin):
    import aiohttp
    import yarl

    async def ask():
        async with aiohttp.ClientSession() as session:
            for key in WORDS:
                url = yarl.URL(record_url(data, key) + "?fields=key,n", encoded=True)
                async with session.get(url) as answer:
                    document = await answer.json(content_type=None)
                    expect(f"aiohttp: {key}", document.get("values", {}).get("key"), key)

            async def parts():
                for part in chunks(LOOKUP):
                    yield part

            async with session.post(f"{data}/v1/jobs/words/lookup", data=parts()) as answer:
                check_lookup("aiohttp, in chunks", await answer.json())
            # `Expect: 100-continue` on both ports.
            async with session.post(
                    f"{data}/v1/jobs/words/lookup", json=LOOKUP, expect100=True) as answer:
                check_lookup("aiohttp, 100-continue", await answer.json())
            async with session.post(
                    f"{admin}/v1/jobs/words/hold", json={"reason": "x"}, expect100=True) as answer:
                expect("aiohttp: hold without a token", answer.status, 401)

    asyncio.run(asyncio.wait_for(ask(), 60))


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=60).stdout


def with_curl(data, admin):
    for key in WORDS:
        answer = run("curl", "-sS", "-G", record_url(data, key), "--data-urlencode", "fields=key,n")
        expect(f"curl: {key}", json.loads(answer).get("values", {}).get("key"), key)
    text = json.dumps(LOOKUP)
    url = f"{data}/v1/jobs/words/lookup"
    check_lookup("curl", json.loads(run("curl", "-sS", "-d", text, url)))
    for flags in (["-H", "Transfer-Encoding: chunked"], ["-H", "Expect: 100-continue"], ["--http1.0"]):
        check_lookup(f"curl {flags}", json.loads(run("curl", "-sS", *flags, "-d", text, url)))
    lines = run("curl", "-sS", "--compressed", "-H", "Accept: application/x-ndjson",
                f"{data}/v1/jobs/words/rows")
    check_lines("curl", lines.split("\n"))
    lines = run("curl", "-sS", "--http1.0", "-H", "Accept: application/x-ndjson",
                f"{data}/v1/jobs/words/rows")
    check_lines("curl, HTTP/1.0", lines.split("\n"))
    for url in (f"{data}/", f"{admin}/v1/jobs"):
        code = run("curl", "-sS", "--http1.0", "-o", "/dev/null", "-w", "%{http_code}", url)
        expect(f"curl --http1.0 {url}", code, "200")


NODE = """
const [data, words] = [process.argv[1], JSON.parse(process.argv[2])];
const results = [];
for (const key of words) {
  const url = new URL(`${data}/v1/jobs/words/keys/${encodeURIComponent(key)}`);
  url.searchParams.set("fields", "key,n");
  results.push((await (await fetch(url)).json()).values?.key);
}
const text = JSON.stringify({keys: words, fields: ["key"]});
const stream = new ReadableStream({start(c) { c.enqueue(new TextEncoder().encode(text)); c.close(); }});
const answer = await fetch(`${data}/v1/jobs/words/lookup`,
  {method: "POST", body: stream, duplex: "half", headers: {"content-type": "application/json"}});
console.log(JSON.stringify([results, (await answer.json()).results.map(r => r.values.key)]));
"""


def with_node(data, admin):
    out = run("node", "--input-type=module", "-e", NODE, data, json.dumps(WORDS))
    one, many = json.loads(out or "[null, null]")
    expect("node: records", one, WORDS)
    expect("node: lookup of a stream", many, WORDS)


if __name__ == "__main__":
    if sys.argv[1:] == ["--keys"]:
        print(json.dumps(WORDS))
    else:
        globals()["with_" + sys.argv[1]](sys.argv[2].rstrip("/"), sys.argv[3].rstrip("/"))
        print("\n".join(faults), end="")
        sys.exit(1 if faults else 0)
