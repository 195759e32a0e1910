"""An explorer of our own, on this machine: it speaks as Etherscan, Sourcify and Blockscout do.

What it is sent it compiles in a process of its own, in an empty folder, where there is nothing but
the compiler; what comes out it compares with the chain.
"""

import json
import re
import subprocess
import sys
import tempfile
from email import message_from_bytes, policy
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

LANGUAGE = "0.4.3+commit.bff19ea2"


@cache
def compiled(standard_json, identifier):
    """Creation and runtime code, or None where it does not compile."""
    source, _, contract = identifier.rpartition(":")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "input.json").write_text(standard_json)
        done = subprocess.run(
            [Path(sys.executable).parent / "vyper-json", "input.json"],
            cwd=folder,
            env={"PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
        )
    output = json.loads(done.stdout) if done.returncode == 0 else {}
    found = output.get("contracts", {}).get(source, {}).get(contract)
    if found is None:
        return None
    codes = (found["evm"][each]["object"] for each in ("bytecode", "deployedBytecode"))
    return tuple(bytes.fromhex(each.removeprefix("0x")) for each in codes)


class Explorer:
    """`creations`: address -> what created it, arguments included, by the chain's own word.

    `busy` answers are refused before the first is given; `verified` are the addresses shown.
    """

    def __init__(self, creations, codes, chain_id):
        self.creations, self.codes, self.chain_id = creations, codes, chain_id
        self.verified, self.jobs, self.requests, self.busy, self.looks = set(), {}, [], 0, 0
        self.key = "a-key"
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.answer(self, b"")

            def do_POST(self):
                outer.answer(self, self.rfile.read(int(self.headers["Content-Length"])))

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def judge(self, address, standard_json, identifier, compiler, arguments=None):
        """Why not, or None where sources and arguments are what is on the chain."""
        address = address.lower()
        if compiler not in (LANGUAGE, f"v{LANGUAGE}", "vyper:0.4.3"):
            return f"no compiler {compiler}"
        codes = compiled(standard_json, identifier)
        if codes is None:
            return "does not compile"
        creation, runtime = codes
        made_by = self.creations[address]
        if not made_by.startswith(creation):
            return "Fail - Unable to verify: creation code differs"
        if not self.codes(address).startswith(runtime):
            return "Fail - Unable to verify: runtime code differs"
        if arguments is not None and made_by != creation + arguments:
            return "Fail - Unable to verify: other arguments"
        self.verified.add(address)
        return None

    def answer(self, handler, body):
        split = urlsplit(handler.path)
        query = {key: values[0] for key, values in parse_qs(split.query).items()}
        self.requests.append((handler.command, split.path))
        if self.busy:
            self.busy -= 1
            return _reply(handler, 503, {})
        if split.path == "/v2/api":
            said = self.etherscan(query, {k: v[0] for k, v in parse_qs(body.decode()).items()})
            return _reply(handler, 200, said)
        if split.path.startswith("/v2/verify/"):
            return _reply(handler, *self.sourcify(split.path.split("/")[3:], body))
        if found := re.fullmatch(r"/api/v2/smart-contracts/(0x\w{40})(/.*)?", split.path):
            content = handler.headers.get("Content-Type", "")
            return _reply(handler, *self.blockscout(found[1], found[2], content, body))
        return _reply(handler, 404, {"message": "route_not_found"})

    def etherscan(self, query, form):
        if query["apikey"] != self.key or query["chainid"] != str(self.chain_id):
            return {"status": "0", "message": "NOTOK", "result": "Invalid API Key"}
        if query["action"] == "checkverifystatus":
            self.looks += 1
            if self.looks % 2:
                return {"status": "0", "message": "NOTOK", "result": "Pending in queue"}
            why = self.jobs[query["guid"]]
            said = why or "Pass - Verified"
            return {"status": "0" if why else "1", "message": "OK", "result": said}
        address = form["contractaddress"]
        if address.lower() in self.verified:
            said = "Contract source code already verified"
            return {"status": "0", "message": "NOTOK", "result": said}
        if form["codeformat"] != "vyper-json":
            return {"status": "0", "message": "NOTOK", "result": "Invalid codeformat"}
        guid = f"guid{len(self.jobs)}"
        self.jobs[guid] = self.judge(
            address,
            form["sourceCode"],
            form["contractname"],
            form["compilerversion"],
            bytes.fromhex(form.get("constructorArguments", "")),
        )
        return {"status": "1", "message": "OK", "result": guid}

    def sourcify(self, path, body):
        if len(path) == 1:
            self.looks += 1
            if self.looks % 2:
                return 200, {"isJobCompleted": False}
            if why := self.jobs[path[0]]:
                error = {"customCode": "no_match", "message": why}
                return 200, {"isJobCompleted": True, "contract": {"match": None}, "error": error}
            return 200, {"isJobCompleted": True, "contract": {"match": "match"}}
        chain_id, address = path
        if int(chain_id) != self.chain_id:
            return 400, {"customCode": "unsupported_chain", "message": "chain is not supported"}
        if address.lower() in self.verified:
            return 409, {"customCode": "already_verified", "message": "is already verified"}
        given = json.loads(body)
        job = f"job{len(self.jobs)}"
        self.jobs[job] = self.judge(
            address,
            json.dumps(given["stdJsonInput"]),
            given["contractIdentifier"],
            given["compilerVersion"],
        )
        return 202, {"verificationId": job}

    def blockscout(self, address, action, content, body):
        if action is None:
            return 200, {"is_verified": address.lower() in self.verified}
        if action != "/verification/via/vyper-standard-input":
            return 404, {"message": "Not found"}
        form = message_from_bytes(
            b"Content-Type: " + content.encode() + b"\r\n\r\n" + body, policy=policy.HTTP
        )
        parts = {
            part.get_param("name", header="Content-Disposition"): part.get_payload(decode=True)
            for part in form.iter_parts()
        }
        standard_json = parts["files[0]"].decode()
        (source,) = json.loads(standard_json)["settings"]["outputSelection"]
        self.judge(
            address,
            standard_json,
            f"{source}:{Path(source).stem}",
            parts["compiler_version"].decode(),
        )
        return 200, {"message": "Smart-contract verification started"}


def _reply(handler, status, said):
    body = json.dumps(said).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
