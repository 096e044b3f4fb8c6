"""A real identity provider on loopback: discovery, code flow, tokens; codes are given out for a proof only (PKCE)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import oidc_provider_mock
from werkzeug.serving import make_server


class AsksForProof:
    """Around the provider: remembers the challenge of each code, and refuses a token without its answer (S256)."""

    def __init__(self, app):
        self.app = app
        self.challenges: dict[str, str] = {}
        self.proofs = 0

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"] == "/oauth2/authorize":
            return self._authorize(environ, start_response)
        if environ["PATH_INFO"] == "/oauth2/token":
            body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            environ["wsgi.input"] = BytesIO(body)
            sent = parse_qs(body.decode())
            verifier = sent.get("code_verifier", [""])[0].encode()
            answer = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=").decode()
            if not verifier or self.challenges.get(sent["code"][0]) != answer:
                start_response("400 Bad Request", [("Content-Type", "application/json")])
                return [b'{"error": "invalid_grant"}']
            self.proofs += 1
        return self.app(environ, start_response)

    def _authorize(self, environ, start_response):
        asked = parse_qs(environ["QUERY_STRING"])

        def remember(status, headers, *more):
            place = dict(headers).get("Location", "")
            code = parse_qs(urlsplit(place).query).get("code")
            if code and asked.get("code_challenge_method") == ["S256"]:
                self.challenges[code[0]] = asked["code_challenge"][0]
            return start_response(status, headers, *more)

        return self.app(environ, remember)


@contextmanager
def identity_provider(*people: oidc_provider_mock.User) -> Iterator[tuple[str, AsksForProof]]:
    """Its address, and the door that counts proofs. People are given as subject and claims."""
    door = AsksForProof(oidc_provider_mock.app(user_claims=people))
    server = make_server("localhost", 0, door, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}", door
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
