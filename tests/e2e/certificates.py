"""A private certificate authority for the tests."""

from __future__ import annotations

import datetime
import ssl
from pathlib import Path

import trustme


class Authority:
    def __init__(self, directory: Path) -> None:
        self._ca = trustme.CA()
        self.ca_file = directory / "ca.pem"
        self._ca.cert_pem.write_to_path(str(self.ca_file))
        self._contexts: dict[str, ssl.SSLContext] = {}

    def server(self, *names: str, expired: bool = False) -> ssl.SSLContext:
        until = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC) if expired else None
        begin = datetime.datetime(2019, 1, 1, tzinfo=datetime.UTC) if expired else None
        certificate = self._ca.issue_cert(*names, not_after=until, not_before=begin)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        return context

    def for_host(self, name: str) -> ssl.SSLContext:
        if name not in self._contexts:
            self._contexts[name] = self.server(name)
        return self._contexts[name]

    def files(self, directory: Path, *names: str) -> tuple[Path, Path]:
        """Certificate chain and key as files, for a TLS listener."""
        certificate = self._ca.issue_cert(*names)
        chain, key = directory / "chain.pem", directory / "key.pem"
        chain.write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
        certificate.private_key_pem.write_to_path(str(key))
        return chain, key

    def client(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.ca_file))
