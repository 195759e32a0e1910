"""Brings sources to the sites that show them: Etherscan, Sourcify and Blockscout.

Each takes the same submission, compiles it, and compares what comes out with the chain.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import quote

import requests

from civitas.chain.sources import COMPILER_COMMIT
from civitas.errors import CivitasError

TIMEOUT = 60.0  # {s} of one request


class Unreachable(CivitasError):
    """A site gave no answer that can be used; running the command again goes on."""


@dataclass(frozen=True)
class Submission:
    """One contract at one address, with all that its creation came from."""

    name: str
    address: str
    chain_id: int
    contract: str
    source: str  # path of its file
    standard_input: dict[str, Any]
    arguments: bytes  # of the constructor, encoded
    transaction: str  # that created it

    @property
    def identifier(self) -> str:
        return f"{self.source}:{self.contract}"


@dataclass(frozen=True)
class Answer:
    """What a site said: `is_verified` None while it is still at work."""

    is_verified: bool | None
    said: str


@dataclass(frozen=True)
class Patience:
    """How often to ask, and how long to wait in between."""

    attempts: int = 6  # of one request
    pause: float = 1.0  # {s} before the second attempt, doubled each time up to 30
    polls: int = 30  # for the result
    poll: float = 4.0  # {s} between two


class Explorer(Protocol):
    """Whoever shows sources."""

    def verify(self, submission: Submission) -> Answer:
        """Have the sources shown; success where they are shown already. Raises Unreachable."""
        ...


@dataclass
class Site:
    """A site at an address, and the manners in which it is asked."""

    url: str
    key: str | None = None
    patience: Patience = field(default_factory=Patience)

    def ask(self, method: str, path: str, **arguments: Any) -> requests.Response:
        """Send a request, again after a pause where the site is busy or gone.

        Raises Unreachable.
        """
        pause = self.patience.pause
        why = "was not asked"
        for attempt in range(self.patience.attempts):
            if attempt:
                time.sleep(pause)
                pause = min(2 * pause, 30.0)
            try:
                response = requests.request(method, self.url + path, timeout=TIMEOUT, **arguments)
            except (requests.ConnectionError, requests.Timeout) as error:
                why = type(error).__name__
                continue
            if response.status_code == 429 or response.status_code >= 500:
                why = f"HTTP {response.status_code}"
                continue
            return response
        attempts = self.patience.attempts
        raise Unreachable(f"{self.url}: no answer in {attempts} attempts, last: {why}")

    def await_result(self, look: Callable[[], Answer]) -> Answer:
        """Look until the site has decided. Raises Unreachable."""
        for _ in range(self.patience.polls):
            answer = look()
            if answer.is_verified is not None:
                return answer
            time.sleep(self.patience.poll)
        raise Unreachable(
            f"{self.url}: no result after {self.patience.polls} looks; run the command again"
        )


class Etherscan(Site):
    """Etherscan's API, version 2: one address for every chain."""

    def verify(self, submission: Submission) -> Answer:
        if not self.key:
            raise CivitasError("Etherscan wants a key: set ETHERSCAN_API_KEY")
        return self.await_result(lambda: self._submit(submission))

    def _submit(self, submission: Submission) -> Answer:
        arguments = submission.arguments.hex()
        said = self._call(
            "POST",
            submission,
            "verifysourcecode",
            data={
                "codeformat": "vyper-json",
                "sourceCode": json.dumps(submission.standard_input),
                "contractaddress": submission.address,
                "contractname": submission.identifier,
                "compilerversion": f"vyper:{COMPILER_COMMIT.partition('+')[0]}",
                "optimizationUsed": "1",
                "constructorArguments": arguments,
                # The name under which the older API knows them.
                "constructorArguements": arguments,
            },
        )
        if said["status"] == "1":
            return self.await_result(lambda: self._result(submission, said["result"]))
        return self._answer(said["result"])

    def _result(self, submission: Submission, guid: str) -> Answer:
        said = self._call("GET", submission, "checkverifystatus", guid=guid)
        return self._answer(said["result"])

    def _answer(self, text: str) -> Answer:
        lower = text.lower()
        if "already verified" in lower or "pass - verified" in lower:
            return Answer(True, text)
        # It knows new contracts and lets keys ask again a little later.
        is_early = any(
            each in lower for each in ("pending", "unable to locate contractcode", "rate limit")
        )
        return Answer(None if is_early else False, text)

    def _call(
        self,
        method: str,
        submission: Submission,
        action: str,
        data: dict[str, str] | None = None,
        **query: str,
    ) -> dict[str, str]:
        params = {
            "chainid": str(submission.chain_id),
            "module": "contract",
            "action": action,
            "apikey": self.key,
            **query,
        }
        said = _json(self.ask(method, "/v2/api", params=params, data=data))
        return {key: str(said.get(key, "")) for key in ("status", "result")}


class Sourcify(Site):
    """Sourcify's API, version 2: a repository of sources that others read from."""

    def verify(self, submission: Submission) -> Answer:
        response = self.ask(
            "POST",
            f"/v2/verify/{submission.chain_id}/{submission.address}",
            json={
                "stdJsonInput": submission.standard_input,
                "compilerVersion": COMPILER_COMMIT,
                "contractIdentifier": submission.identifier,
                "creationTransactionHash": submission.transaction,
            },
        )
        said = _json(response)
        if response.status_code == 409:
            return Answer(True, str(said.get("message", "already verified")))
        if response.status_code != 202:
            return Answer(False, str(said.get("message", f"HTTP {response.status_code}")))
        return self.await_result(lambda: self._result(str(said["verificationId"])))

    def _result(self, job: str) -> Answer:
        said = _json(self.ask("GET", f"/v2/verify/{quote(job)}"))
        if not said.get("isJobCompleted"):
            return Answer(None, "at work")
        if match := (said.get("contract") or {}).get("match"):
            return Answer(True, str(match))
        return Answer(False, str((said.get("error") or {}).get("message", "no match")))


class Blockscout(Site):
    """A Blockscout instance: each network has its own."""

    def verify(self, submission: Submission) -> Answer:
        if self._is_verified(submission):
            return Answer(True, "already verified")
        response = self.ask(
            "POST",
            f"/api/v2/smart-contracts/{submission.address}/verification/via/vyper-standard-input",
            params=self._params,
            data={"compiler_version": f"v{COMPILER_COMMIT}", "license_type": "gnu_agpl_v3"},
            files={
                "files[0]": (
                    f"{submission.contract}.json",
                    json.dumps(submission.standard_input).encode(),
                    "application/json",
                )
            },
        )
        said = str(_json(response).get("message", ""))
        if "already verified" in said.lower():
            return Answer(True, said)
        if not response.ok:
            return Answer(False, said or f"HTTP {response.status_code}")
        try:
            return self.await_result(
                lambda: Answer(True if self._is_verified(submission) else None, "verified")
            )
        except Unreachable:
            # It tells its own page why, and nobody else.
            return Answer(False, "taken, but not shown as verified: its compiler found no match")

    @property
    def _params(self) -> dict[str, str]:
        return {"apikey": self.key} if self.key else {}

    def _is_verified(self, submission: Submission) -> bool:
        response = self.ask(
            "GET", f"/api/v2/smart-contracts/{submission.address}", params=self._params
        )
        # It says 404 of a contract that it has not indexed yet.
        return response.ok and bool(_json(response).get("is_verified"))


def _json(response: requests.Response) -> dict[str, Any]:
    try:
        said = response.json()
    except requests.JSONDecodeError:
        said = None
    if not isinstance(said, dict):
        raise Unreachable(f"{response.url.partition('?')[0]}: the answer is no JSON object")
    return said
