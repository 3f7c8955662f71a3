#!/usr/bin/python3
"""A mail server for one test: aiosmtpd, a real SMTP server program, keeping each mail as a file in a folder.

    smtp_server.py FOLDER [--starttls CERT KEY | --tls CERT KEY] [--user NAME PASSWORD] [--refuse ADDRESS]

It prints its port and ends when its standard input does.
"""

import argparse
import asyncio
import ssl
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult

options = argparse.ArgumentParser()
options.add_argument("folder", type=Path)
options.add_argument("--starttls", nargs=2)
options.add_argument("--tls", nargs=2)
options.add_argument("--user", nargs=2)
options.add_argument("--refuse")
asked = options.parse_args()


class Keeper:
    count = 0

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address == asked.refuse:
            return "550 5.1.1 no mailbox of that name: " + address
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        Keeper.count += 1
        about = (
            f"X-Mail-From: {envelope.mail_from}\r\nX-Rcpt-To: {','.join(envelope.rcpt_tos)}\r\n"
            f"X-Tls: {server.transport.get_extra_info('ssl_object') is not None}\r\nX-User: {session.authenticated}\r\n"
        )
        part = asked.folder / f"{Keeper.count}.part"
        part.write_bytes(about.encode() + envelope.original_content)
        part.rename(asked.folder / f"{Keeper.count}.eml")
        return "250 kept"


def context(files):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(*files)
    return made


def sign_in(server, session, envelope, mechanism, given):
    fits = [given.login.decode(), given.password.decode()] == asked.user
    return AuthResult(success=fits, handled=False)


def conversation():
    return SMTP(
        Keeper(),
        hostname="localhost",
        tls_context=context(asked.starttls) if asked.starttls else None,
        require_starttls=bool(asked.starttls),
        auth_required=bool(asked.user),
        auth_require_tls=not asked.tls,
        authenticator=sign_in if asked.user else None,
    )


async def serve():
    loop = asyncio.get_running_loop()
    tls = context(asked.tls) if asked.tls else None
    server = await loop.create_server(conversation, "127.0.0.1", 0, ssl=tls)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(serve())
