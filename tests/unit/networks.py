"""What the tests of networks are made of: certificates, proxies, names, and either client to go through them."""

from __future__ import annotations

import asyncio
import datetime
import socket
import ssl
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Callable
from urllib.parse import urlsplit

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from infrahub_sdk import Config, InfrahubClient, InfrahubClientSync
from infrahub_sdk.transport.connector import Connector
from tests.servers import Connection, answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.servers import Step

__all__ = [
    "CA",
    "CLIENTS",
    "HAS_IPV6",
    "OTHER_CA",
    "PASSWORD",
    "ask",
    "authenticated",
    "black_hole",
    "call",
    "certificate_file",
    "forward",
    "free_port",
    "legacy_authority",
    "names",
    "server_side",
    "server_side_of",
    "trusting",
    "with_password",
]

CLIENTS = [InfrahubClient, InfrahubClientSync]
CA = trustme.CA(organization_name="Trusted Authority")
OTHER_CA = trustme.CA(organization_name="Other Authority")
PASSWORD = "s3cr:t/"  # with what a URL has to encode
NOW = datetime.datetime.now(datetime.timezone.utc)
DAY = datetime.timedelta(days=1)


def call(kind: type, config: Config, run: Callable[[Any], Any]) -> Any:
    """Do something with a client of either kind, and close it."""
    if kind is InfrahubClientSync:
        client: Any = kind(config=config)
        try:
            return run(client)
        finally:
            client.close()

    async def main() -> Any:
        async with kind(config=config) as client:
            return await run(client)

    return asyncio.run(main())


def ask(kind: type, config: Config) -> Any:
    """One request."""
    return call(kind, config, lambda client: client.execute_graphql("query { n }"))


# -- certificates ------------------------------------------------------------------------------------------------------


@cache
def server_side(*identities: str, days: tuple[int, int] = (-1, 1), clients: bool = False) -> ssl.SSLContext:
    """A server's context with a certificate of the trusted authority.

    Args:
        identities: What the certificate is for.
        days: From when and until when it is good, from today.
        clients: Ask for a certificate of the trusted authority.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CA.issue_cert(*identities, not_before=NOW + days[0] * DAY, not_after=NOW + days[1] * DAY).configure_cert(context)
    if clients:
        context.verify_mode = ssl.CERT_REQUIRED
        CA.configure_trust(context)
    return context


@cache
def server_side_of(ca: trustme.CA, *identities: str) -> ssl.SSLContext:
    """The same of another authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(*identities).configure_cert(context)
    return context


def trusting(*authorities: trustme.CA) -> ssl.SSLContext:
    """A client's own context that trusts these and no other."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for authority in authorities:
        authority.configure_trust(context)
    return context


def certificate_file(folder: Path, authority: trustme.CA) -> str:
    path = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def legacy_authority(folder: Path) -> tuple[str, ssl.SSLContext]:
    """An authority as older tools make them, without the extension that says what its key may be used for.

    Returns:
        The file with its certificate, and the context of a server that it has signed for 127.0.0.1.
    """
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Legacy Authority")])
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "infrahub")])
    address = x509.SubjectAlternativeName([x509.DNSName("infrahub.example"), x509.DNSName("localhost")])
    constraints = x509.BasicConstraints(ca=True, path_length=None)
    authority = _signed(issuer, issuer, keys[0], keys[0], [(constraints, True)])
    issued = _signed(subject, issuer, keys[1], keys[0], [(address, False)])
    (folder / "legacy.pem").write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    chain = folder / "server.pem"
    chain.write_bytes(
        keys[1].private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + issued.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(str(chain))
    return str(folder / "legacy.pem"), context


def _signed(subject: x509.Name, issuer: x509.Name, key: Any, signer: Any, extensions: list[Any]) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - DAY)
        .not_valid_after(NOW + DAY)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    for extension, is_critical in extensions:
        builder = builder.add_extension(extension, critical=is_critical)
    return builder.sign(signer, hashes.SHA256())


# -- proxies -----------------------------------------------------------------------------------------------------------


def forward(connection: Connection) -> None:
    """Do what a proxy does with a request in the clear."""
    request = connection.request
    assert request is not None
    target = urlsplit(request.target)
    with socket.create_connection((target.hostname or "", target.port or 80), timeout=10) as far:
        far.sendall(
            f"{request.method} {target.path} HTTP/1.1\r\nHost: {target.netloc}\r\nConnection: close\r\n"
            f"Content-Length: {len(request.body)}\r\n\r\n".encode()
            + request.body
        )
        connection.send(far.recv(65536))  # the answers of the tests come in one packet


def with_password(url: str, password: str = PASSWORD) -> str:
    """The URL of a proxy with the user `me` in it."""
    from urllib.parse import quote

    return url.replace("://", f"://me:{quote(password, safe='')}@")


def authenticated(step: Step) -> Step:
    """Do it only for the user `me` with the right password."""
    from base64 import b64encode

    expected = f"Basic {b64encode(f'me:{PASSWORD}'.encode()).decode()}"

    def run(connection: Connection) -> None:
        assert connection.request is not None
        if connection.request.headers.get("proxy-authorization") == expected:
            assert callable(step)
            step(connection)
        else:
            connection.send(answer(b"", "407 Proxy Authentication Required", {"Proxy-Authenticate": "Basic"}))

    return run


# -- names and addresses -----------------------------------------------------------------------------------------------


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as sock:
            sock.bind(("::1", 0))
    except OSError:
        return False
    return True


HAS_IPV6 = _has_ipv6()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


@contextmanager
def names(known: Mapping[str, list[str]]) -> Iterator[None]:
    """Have host names with these addresses, in this order, and no others."""

    def resolve(host: str, port: int, *arguments: Any) -> list[Any]:
        if host not in known:
            if host.replace(".", "").isdigit() or ":" in host:
                return socket.getaddrinfo(host, port, *arguments)
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        found: list[Any] = []
        for address in known[host]:
            found += socket.getaddrinfo(address, port, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Connector.__init__, "__defaults__", (resolve,))
        yield


@contextmanager
def black_hole(host: str = "127.0.0.1", port: int = 0) -> Iterator[int]:
    """A port that answers nothing to who wants to connect, since its queue is full."""
    fillers = []
    with socket.socket() as full:
        full.bind((host, port))
        full.listen(0)
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
            fillers.append(filler)
        try:
            yield full.getsockname()[1]
        finally:
            for filler in fillers:
                filler.close()
