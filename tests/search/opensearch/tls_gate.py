"""A gate of TLS before a server of plain HTTP, for one user; with a certificate of its own making."""

from __future__ import annotations

import base64
import http.client
import ssl
import threading
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HERE = IPv4Address("127.0.0.1")


def make_certificate(folder):
    """The path of a PEM file with a key and a certificate of 127.0.0.1 that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "gate")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(HERE)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "gate.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


@contextmanager
def gate(url, certificate, *, user, password):
    """Gives (url of the gate, list of the paths that passed). Who is not the user gets 401."""
    wanted = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
    passed = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.headers.get("Authorization") != wanted:
                self.answer(401, b'{"error":"who are you?"}')
                return
            passed.append(self.path)
            kind = self.headers.get("Content-Type", "application/json")
            with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)) as behind:
                behind.request(self.command, self.path, body or None, {"Content-Type": kind})
                told = behind.getresponse()
                self.answer(told.status, told.read())

        do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815  names of http.server

        def answer(self, status, content):
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer((str(HERE), 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"https://{user}:{password}@{HERE}:{server.server_port}", passed
    finally:
        server.shutdown()
        server.server_close()
