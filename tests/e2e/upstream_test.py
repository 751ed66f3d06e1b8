"""The gateway's own connections: reuse, failures, TLS, proxies; and what upstream errors become."""

from __future__ import annotations

import base64
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest

import answers
import fake_upstream as up
from certificates import Authority
from fake_upstream import FakeProxy, FakeUpstream
from gateway import AUTH, Gateway, StartGateway, chat_body, free_port, model
from wire import until

CHAT = "/v1/chat/completions"
CONNECTION_KINDS = ("api_connection_error", "service_unavailable_error")


def expect_failure(reply: Any, status: int, *secrets: object) -> None:
    """The right status, a body that names no address, and nothing of ours."""
    assert reply.status == status, (reply.status, reply.body)
    assert reply.error["type"] in CONNECTION_KINDS, reply.error
    for secret in ("127.0.0.1", "sk-upstream", *secrets):
        assert str(secret) not in reply.text, reply.text


@pytest.fixture
def one_worker(upstream: FakeUpstream, start: StartGateway) -> Gateway:
    """Pools are a worker's own: with one worker it is certain which is used."""
    return start({"model_list": [model("m", upstream.base)]}, workers=1)


# Pools


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_a_connection_is_used_again(
    one_worker: Gateway, upstream: FakeUpstream, framing: str
) -> None:
    upstream.always(up.json(answers.completion(), framing=framing))
    for _ in range(5):
        assert one_worker.chat().status == 200
    assert [request.number for request in upstream.requests] == [0, 1, 2, 3, 4]
    assert upstream.connections == 1


def test_a_connection_that_carried_a_stream_is_used_again(
    one_worker: Gateway, upstream: FakeUpstream
) -> None:
    upstream.always(up.sse(answers.stream("a")))
    for _ in range(3):
        assert one_worker.stream()[-1] == "[DONE]"
        # The client has its end before the upstream's last chunk frame has come.
        until(
            lambda: 'idle_upstream_connections{worker="0"} 1' in one_worker.get("/metrics").text,
            "the connection is pooled",
        )
    assert upstream.connections == 1


def test_a_connection_that_carried_an_error_is_used_again(
    one_worker: Gateway, upstream: FakeUpstream
) -> None:
    upstream.always(up.json(answers.error_body(), status=400))
    for _ in range(3):
        assert one_worker.chat().status == 400
    assert upstream.connections == 1


def test_parallel_calls_take_connections_of_their_own(
    one_worker: Gateway, upstream: FakeUpstream
) -> None:
    lives = [up.LiveStream() for _ in range(4)]
    upstream.answer(*lives)
    wires = [one_worker.open_stream() for _ in lives]
    for live in lives:
        live.wait_started()
    assert upstream.connections == 4
    for live in lives:
        live.send(answers.opening())
        live.send(answers.delta(finish="stop"))
        live.finish()
    for wire in wires:
        assert b"[DONE]" in wire.read_reply().body
        wire.close()
    upstream.always(up.json(answers.completion()))
    assert one_worker.chat().status == 200
    assert upstream.connections == 4


def test_an_announced_close_is_believed(one_worker: Gateway, upstream: FakeUpstream) -> None:
    upstream.always(up.json(answers.completion(), headers=[("connection", "close")]))
    for _ in range(2):
        assert one_worker.chat().status == 200
    assert [request.number for request in upstream.requests] == [0, 0]


def test_an_http_1_0_answer_ends_its_connection(
    one_worker: Gateway, upstream: FakeUpstream
) -> None:
    body = up.compact(answers.completion()).encode()
    head = f"HTTP/1.0 200 OK\r\ncontent-length: {len(body)}\r\n\r\n".encode()
    upstream.always(up.raw(head + body))
    for _ in range(2):
        assert one_worker.chat().status == 200
    assert [request.number for request in upstream.requests] == [0, 0]


def test_a_pooled_connection_closed_while_idle_is_noticed(
    one_worker: Gateway, upstream: FakeUpstream
) -> None:
    upstream.always(up.close_after(up.json(answers.completion())))
    for _ in range(5):
        assert one_worker.chat().status == 200
    assert len(upstream.requests) == 5
    assert [request.number for request in upstream.requests] == [0] * 5


@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize("stream", [False, True])
def test_a_stale_connection_is_retried_once_on_a_fresh_one(
    one_worker: Gateway, upstream: FakeUpstream, reset: bool, stream: bool
) -> None:
    final = up.sse(answers.stream("a")) if stream else up.json(answers.completion())
    upstream.answer(up.json(answers.completion()), up.cut(reset=reset), final)
    assert one_worker.chat().status == 200
    assert one_worker.chat(stream=stream).status == 200
    positions = [(request.connection, request.number) for request in upstream.requests]
    assert positions == [(0, 0), (0, 1), (1, 0)]
    first, second = upstream.requests[1:]
    assert first.body == second.body


def test_a_fresh_connection_that_dies_is_not_tried_again(
    one_worker: Gateway, upstream: FakeUpstream
) -> None:
    upstream.answer(up.cut())
    upstream.always(up.json(answers.completion()))
    expect_failure(one_worker.chat(), 502, upstream.port)
    assert len(upstream.requests) == 1


def test_the_retry_of_a_stale_connection_is_the_last(
    one_worker: Gateway, upstream: FakeUpstream
) -> None:
    upstream.answer(up.json(answers.completion()), up.cut(), up.cut())
    upstream.always(up.json(answers.completion()))
    assert one_worker.chat().status == 200
    expect_failure(one_worker.chat(), 502, upstream.port)
    assert len(upstream.requests) == 3


@pytest.mark.parametrize("sent", [b"H", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"])
def test_nothing_is_tried_again_once_something_was_sent_back(
    one_worker: Gateway, upstream: FakeUpstream, sent: bytes
) -> None:
    upstream.answer(up.json(answers.completion()), up.cut(sent))
    upstream.always(up.json(answers.completion()))
    assert one_worker.chat().status == 200
    expect_failure(one_worker.chat(), 502, upstream.port)
    assert len(upstream.requests) == 2


def test_bytes_after_an_answer_never_reach_another_client(
    one_worker: Gateway, upstream: FakeUpstream
) -> None:
    poison = b'HTTP/1.1 200 OK\r\ncontent-length: 18\r\n\r\n{"poisoned": true}'
    body = up.compact(answers.completion("mine")).encode()
    honest = up.head(200, [("content-length", str(len(body)))]) + body
    upstream.answer(up.raw(honest + poison), up.json(answers.completion("yours")))
    assert one_worker.chat().json["choices"][0]["message"]["content"] == "mine"
    assert one_worker.chat().json["choices"][0]["message"]["content"] == "yours"
    assert [request.connection for request in upstream.requests] == [0, 1]


def test_late_bytes_on_a_pooled_connection_never_reach_another_client(
    one_worker: Gateway, upstream: FakeUpstream
) -> None:
    poison = b'HTTP/1.1 200 OK\r\ncontent-length: 18\r\n\r\n{"poisoned": true}'
    body = up.compact(answers.completion("mine")).encode()
    honest = up.head(200, [("content-length", str(len(body)))]) + body
    upstream.answer(up.pieces([honest, poison], pause=0.1))
    upstream.always(up.json(answers.completion("yours")))
    assert one_worker.chat().json["choices"][0]["message"]["content"] == "mine"
    time.sleep(0.3)  # the poison has arrived by now
    assert one_worker.chat().json["choices"][0]["message"]["content"] == "yours"


# Failures of the connection


@pytest.mark.parametrize("stream", [False, True])
def test_a_refused_connection_is_503(start: StartGateway, stream: bool) -> None:
    port = free_port()
    gateway = start({"model_list": [model("m", f"http://127.0.0.1:{port}/v1")]})
    expect_failure(gateway.chat(stream=stream), 503, port)


def test_a_name_that_does_not_resolve_is_503(start: StartGateway) -> None:
    gateway = start({"model_list": [model("m", "http://no-such-host.invalid/v1")]})
    expect_failure(gateway.chat(timeout=30), 503, "no-such-host")


def test_a_connect_that_hangs_times_out(start: StartGateway) -> None:
    """A listener whose backlog is full leaves the SYN unanswered."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        gateway = start(
            {
                "model_list": [model("m", f"http://127.0.0.1:{port}/v1")],
                "tollweir_settings": {"upstream": {"connect_timeout": "300ms"}},
            }
        )
        reply = gateway.chat()
        for filler in fillers:
            filler.close()
    reply.expect_error(408, "timeout_error")
    assert str(port) not in reply.text


JSON_HEAD = up.head(200, [("content-type", "application/json"), ("content-length", "1000")])
CHUNKED_HEAD = up.head(
    200, [("content-type", "application/json"), ("transfer-encoding", "chunked")]
)

BROKEN: dict[str, up.Script] = {
    "a reset instead of an answer": up.cut(reset=True),
    "garbage": up.raw(b"\x00\x01\x02 what is this\r\n\r\n", close=True),
    "another protocol": up.raw(b"220 mail.example ESMTP\r\n", close=True),
    "a status that is no number": up.raw(b"HTTP/1.1 abc OK\r\n\r\n", close=True),
    "a status out of range": up.raw(b"HTTP/1.1 099 No\r\ncontent-length: 0\r\n\r\n", close=True),
    "another version": up.raw(b"HTTP/3.0 200 OK\r\ncontent-length: 2\r\n\r\n{}", close=True),
    "half a head": up.cut(b"HTTP/1.1 200 OK\r\ncontent-type: appl"),
    "a body shorter than its length": up.cut(JSON_HEAD + b'{"id": "x"'),
    "a body cut by a reset": up.cut(JSON_HEAD + b'{"id": "x"', reset=True),
    "a chunked body cut": up.cut(CHUNKED_HEAD + b'a\r\n{"id": "x"'),
    "a chunked body without its last chunk": up.cut(CHUNKED_HEAD + up.chunk(b'{"id":"x"}')),
    "a chunk size that is no number": up.raw(CHUNKED_HEAD + b"zz\r\n{}\r\n0\r\n\r\n"),
    "a chunk size past 64 bits": up.raw(CHUNKED_HEAD + b"fffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
    "a chunk not ended by CRLF": up.raw(CHUNKED_HEAD + b"2\r\n{}xx0\r\n\r\n"),
    "two different lengths": up.raw(
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{} ", close=True
    ),
    "a length that is no number": up.raw(
        b"HTTP/1.1 200 OK\r\ncontent-length: two\r\n\r\n{}", close=True
    ),
    "both lengths": up.raw(
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n"
        b"2\r\n{}\r\n0\r\n\r\n",
        close=True,
    ),
    "an unknown transfer coding": up.raw(
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: cow\r\n\r\n{}", close=True
    ),
    "a head without end": up.raw(b"HTTP/1.1 200 OK\r\n" + b"x-a: b\r\n" * 200_000),
    "a header line without end": up.raw(b"HTTP/1.1 200 OK\r\nx-a: " + b"b" * 2_000_000),
    "a NUL in a header": up.raw(
        b"HTTP/1.1 200 OK\r\nx-a: b\x00c\r\ncontent-length: 2\r\n\r\n{}", close=True
    ),
    "a switch of protocols": up.raw(
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n"
    ),
    "interim answers without end": up.raw(b"HTTP/1.1 100 Continue\r\n\r\n" * 5000, close=True),
}


NONSENSE: dict[str, up.Script] = {
    "gzip that nobody asked for": up.gzipped(answers.completion()),
    "an answer that is no JSON": up.reply("<html>hello</html>", content_type="text/html"),
    "an answer that is no object": up.json([1, 2]),
    "an answer cut inside its JSON": up.reply('{"id": "x", "model": "y", "choices": ['),
    "an empty answer": up.reply(""),
}


@pytest.mark.parametrize("name", NONSENSE)
def test_an_answer_that_makes_no_sense_is_502(
    one_worker: Gateway, upstream: FakeUpstream, name: str
) -> None:
    upstream.answer(NONSENSE[name])
    upstream.always(up.json(answers.completion("fine")))
    expect_failure(one_worker.chat(), 502, upstream.port)
    assert one_worker.chat().json["choices"][0]["message"]["content"] == "fine"


@pytest.mark.parametrize("name", BROKEN)
def test_an_upstream_that_breaks_http_is_502(
    one_worker: Gateway, upstream: FakeUpstream, name: str
) -> None:
    upstream.answer(BROKEN[name])
    upstream.always(up.json(answers.completion("fine")))
    expect_failure(one_worker.chat(timeout=20), 502, upstream.port)
    assert one_worker.chat().json["choices"][0]["message"]["content"] == "fine"
    assert upstream.requests[1].connection == 1, "a broken connection is not kept"


def test_an_answer_past_the_limit_is_502(start: StartGateway, upstream: FakeUpstream) -> None:
    gateway = start(
        {
            "model_list": [model("m", upstream.base)],
            "tollweir_settings": {"upstream": {"max_response_mb": 0.1}},
        }
    )
    big = answers.completion("x" * 200_000)
    upstream.answer(up.json(big), up.json(big, framing="chunked"), up.json(big, framing="close"))
    for _ in range(3):
        expect_failure(gateway.chat(), 502)
    upstream.answer(up.json(answers.completion("x" * 50_000)))
    assert gateway.chat().status == 200


def test_interim_answers_are_passed_over(one_worker: Gateway, upstream: FakeUpstream) -> None:
    body = up.compact(answers.completion()).encode()
    final = up.head(200, [("content-length", str(len(body)))]) + body
    interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"
    upstream.answer(up.raw(interim + final), up.trickle(interim + final))
    for _ in range(2):
        reply = one_worker.chat()
        assert reply.status == 200, reply.body
        assert "link" not in {name.lower() for name, _ in reply.headers}
    assert upstream.connections == 1


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
def test_an_answer_may_come_byte_by_byte(
    one_worker: Gateway, upstream: FakeUpstream, framing: str
) -> None:
    body = up.compact(answers.completion()).encode()
    if framing == "length":
        data = up.head(200, [("content-length", str(len(body)))]) + body
    elif framing == "chunked":
        chunks = up.chunk(body[:10]) + up.chunk(body[10:])
        data = CHUNKED_HEAD + chunks + b"0\r\nx-trailer: 1\r\n\r\n"
    else:
        data = up.head(200, [("connection", "close")]) + body
    upstream.answer(up.trickle(data, close=framing == "close"))
    reply = one_worker.chat()
    assert reply.status == 200, reply.body
    assert reply.json == {**answers.completion(), "model": "m"}


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed(
    one_worker: Gateway, upstream: FakeUpstream, status: int
) -> None:
    """They would carry our key to wherever the upstream points."""
    with FakeUpstream() as stranger:
        upstream.answer(up.reply("", status=status, headers=[("location", stranger.base)]))
        expect_failure(one_worker.chat(), 502, stranger.port)
        assert not stranger.requests


@pytest.mark.parametrize("at", ["before the head", "in the head", "in the body"])
def test_a_stall_anywhere_times_out(one_worker: Gateway, upstream: FakeUpstream, at: str) -> None:
    before = {
        "before the head": b"",
        "in the head": b"HTTP/1.1 200 OK\r\ncontent-",
        "in the body": JSON_HEAD + b'{"id',
    }[at]
    upstream.answer(up.stall(before))
    one_worker.chat(timeout=0.3).expect_error(408, "timeout_error")
    upstream.request.wait_closed()


# Addresses


def test_the_next_address_is_tried_when_one_refuses(start: StartGateway) -> None:
    """`localhost` is ::1 and 127.0.0.1; only one of them listens."""
    families = {info[0] for info in socket.getaddrinfo("localhost", 80, type=socket.SOCK_STREAM)}
    if socket.AF_INET6 not in families:
        pytest.skip("localhost has no IPv6 address here")
    for address in ("127.0.0.1", "::1"):
        with FakeUpstream(address=address) as upstream:
            upstream.answer(up.json(answers.completion()))
            gateway = start({"model_list": [model("m", f"http://localhost:{upstream.port}/v1")]})
            assert gateway.chat().status == 200
            assert upstream.request.header("host") == f"localhost:{upstream.port}"


def test_an_ipv6_literal_as_base(start: StartGateway) -> None:
    try:
        upstream = FakeUpstream(address="::1")
    except AssertionError:
        pytest.skip("no IPv6 here")
    with upstream:
        upstream.answer(up.json(answers.completion()))
        gateway = start({"model_list": [model("m", f"http://[::1]:{upstream.port}/v1")]})
        assert gateway.chat().status == 200
        assert upstream.request.header("host") == f"[::1]:{upstream.port}"


# TLS


def test_a_private_ca_is_trusted_by_ssl_cert_file(
    start: StartGateway, authority: Authority
) -> None:
    with FakeUpstream(tls=authority.server("localhost")) as upstream:
        upstream.always(up.json(answers.completion()))
        gateway = start(
            {"model_list": [model("m", upstream.base)]},
            env={"SSL_CERT_FILE": str(authority.ca_file)},
            workers=1,
        )
        for _ in range(3):
            assert gateway.chat().status == 200
        assert upstream.connections == 1, "TLS connections are pooled"
        assert upstream.requests[0].sni == "localhost"
        upstream.answer(up.sse(answers.stream("a", "b"), piece=3))
        assert answers.content_of(gateway.stream()) == "ab"


def test_a_certificate_is_checked(start: StartGateway, authority: Authority) -> None:
    contexts = {
        "unknown authority": (authority.server("localhost"), {}),
        "wrong name": (authority.server("other.test"), {"SSL_CERT_FILE": str(authority.ca_file)}),
        "expired": (
            authority.server("localhost", expired=True),
            {"SSL_CERT_FILE": str(authority.ca_file)},
        ),
    }
    for name, (context, env) in contexts.items():
        with FakeUpstream(tls=context) as upstream:
            gateway = start({"model_list": [model("m", upstream.base)]}, env=env)
            reply = gateway.chat()
            assert reply.status == 502, (name, reply.body)
            assert reply.error["type"] in CONNECTION_KINDS
            assert not upstream.requests, f"{name}: nothing may be sent"


def test_an_address_instead_of_a_name_is_checked_too(
    start: StartGateway, authority: Authority
) -> None:
    env = {"SSL_CERT_FILE": str(authority.ca_file)}
    for names, status in (("127.0.0.1",), 200), (("localhost",), 502):
        with FakeUpstream(tls=authority.server(*names)) as upstream:
            upstream.answer(up.json(answers.completion()))
            base = f"https://127.0.0.1:{upstream.port}/v1"
            reply = start({"model_list": [model("m", base)]}, env=env).chat()
            assert reply.status == status, reply.body
            if status == 200:
                assert upstream.request.sni is None, "an address is no server name"


def test_verification_can_be_turned_off_and_a_path_names_a_ca(
    start: StartGateway, authority: Authority
) -> None:
    for setting in (False, str(authority.ca_file)):
        with FakeUpstream(tls=authority.server("localhost")) as upstream:
            upstream.answer(up.json(answers.completion()))
            config = {
                "model_list": [model("m", upstream.base)],
                "litellm_settings": {"ssl_verify": setting},
            }
            assert start(config).chat().status == 200


def test_an_upstream_that_does_not_speak_tls_is_502(start: StartGateway) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        gateway = start({"model_list": [model("m", f"https://localhost:{port}/v1")]})

        def answer_in_clear() -> None:
            plain, _ = listener.accept()
            plain.recv(65536)
            plain.sendall(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
            plain.close()

        other = threading.Thread(target=answer_in_clear)
        other.start()
        expect_failure(gateway.chat(), 502, port)
        other.join()


def test_a_tls_answer_cut_without_a_closing_alert_is_a_failure(
    start: StartGateway, authority: Authority
) -> None:
    """Else an attacker could shorten an answer that ends with its connection."""
    with FakeUpstream(tls=authority.server("localhost")) as upstream:
        gateway = start(
            {"model_list": [model("m", upstream.base)]},
            env={"SSL_CERT_FILE": str(authority.ca_file)},
        )
        whole = up.compact(answers.completion()).encode()
        upstream.answer(up.cut(up.head(200, [("connection", "close")]) + whole, reset=True))
        assert gateway.chat().status == 502
        upstream.answer(up.json(answers.completion(), framing="close"))
        assert gateway.chat().status == 200, "with the alert it is whole"


# Proxies


def proxied(proxy: FakeProxy, authority: Authority, **more: str) -> dict[str, str]:
    return {
        "HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}",
        "HTTP_PROXY": f"http://127.0.0.1:{proxy.port}",
        "SSL_CERT_FILE": str(authority.ca_file),
        **more,
    }


def test_https_goes_through_a_tunnel(
    start: StartGateway, proxy: FakeProxy, authority: Authority
) -> None:
    config = {"model_list": [model("m", "https://api.far.example/v1")]}
    gateway = start(config, env=proxied(proxy, authority), workers=1)
    proxy.always(up.json(answers.completion()))
    for _ in range(2):
        assert gateway.chat().status == 200
    assert [connect.target for connect in proxy.connects] == ["api.far.example:443"]
    assert proxy.connects[0].header("host") == "api.far.example:443"
    assert "sk-upstream" not in proxy.connects[0].head.decode()
    assert [r.url for r in proxy.requests] == ["https://api.far.example/v1/chat/completions"] * 2
    assert proxy.requests[0].header("host") == "api.far.example"


def test_http_goes_in_absolute_form(
    start: StartGateway, proxy: FakeProxy, authority: Authority
) -> None:
    config = {"model_list": [model("m", "http://far.example:8000/v1")]}
    gateway = start(config, env=proxied(proxy, authority), workers=1)
    proxy.always(up.json(answers.completion()))
    for _ in range(2):
        assert gateway.chat().status == 200
    assert not proxy.connects
    assert proxy.requests[0].target == "http://far.example:8000/v1/chat/completions"
    assert proxy.requests[0].header("host") == "far.example:8000"
    assert proxy.connections == 1


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_may_ask_for_a_password(
    start: StartGateway, authority: Authority, scheme: str
) -> None:
    with FakeProxy(authority.for_host, auth="user:p@ss word") as proxy:
        address = f"http://user:p%40ss%20word@127.0.0.1:{proxy.port}"
        config = {"model_list": [model("m", f"{scheme}://far.example/v1")]}
        env = proxied(proxy, authority, HTTP_PROXY=address, HTTPS_PROXY=address)
        proxy.always(up.json(answers.completion()))
        assert start(config, env=env).chat().status == 200
        asked = proxy.connects[0] if scheme == "https" else proxy.requests[0]
        secret = base64.b64encode(b"user:p@ss word").decode()
        assert asked.header("proxy-authorization") == f"Basic {secret}"
        if scheme == "https":
            assert proxy.requests[0].header("proxy-authorization") is None


def test_a_proxy_that_refuses_is_an_error_without_its_address(
    start: StartGateway, authority: Authority
) -> None:
    with FakeProxy(authority.for_host, auth="user:right") as proxy:
        address = f"http://user:wrong-canary@127.0.0.1:{proxy.port}"
        config = {"model_list": [model("m", "https://far.example/v1")]}
        gateway = start(config, env=proxied(proxy, authority, HTTPS_PROXY=address))
        reply = gateway.chat()
        assert reply.status == 502, reply.body
        for secret in ("127.0.0.1", "wrong-canary", str(proxy.port)):
            assert secret not in reply.text
        assert "wrong-canary" not in gateway.output
        assert not proxy.requests


@pytest.mark.parametrize("no_proxy", ["127.0.0.1", "*", "far.example, 127.0.0.1 ,x", "127.0.0.0/8"])
def test_no_proxy_leads_straight_there(
    start: StartGateway,
    upstream: FakeUpstream,
    proxy: FakeProxy,
    authority: Authority,
    no_proxy: str,
) -> None:
    config = {"model_list": [model("m", upstream.base)]}
    gateway = start(config, env=proxied(proxy, authority, NO_PROXY=no_proxy))
    upstream.answer(up.json(answers.completion()))
    assert gateway.chat().status == 200
    assert upstream.request.target == CHAT
    assert not proxy.requests


@pytest.mark.parametrize(
    ("no_proxy", "host", "direct"),
    [
        (".far.example", "api.far.example", True),
        ("far.example", "api.far.example", True),
        ("FAR.example", "far.example", True),
        ("far.example", "notfar.example", False),
        ("api.far.example", "far.example", False),
        ("far.example:8000", "far.example", False),
    ],
)
def test_no_proxy_matches_whole_labels(
    start: StartGateway,
    proxy: FakeProxy,
    authority: Authority,
    no_proxy: str,
    host: str,
    direct: bool,
) -> None:
    config = {"model_list": [model("m", f"http://{host}/v1")]}
    gateway = start(config, env=proxied(proxy, authority, NO_PROXY=no_proxy))
    proxy.always(up.json(answers.completion()))
    reply = gateway.chat(timeout=20)
    assert (len(proxy.requests) == 0) == direct, reply.body
    assert (reply.status == 200) != direct


def test_lower_case_names_work_as_everywhere_else(
    start: StartGateway, proxy: FakeProxy, authority: Authority
) -> None:
    config = {"model_list": [model("m", "http://far.example/v1")]}
    gateway = start(config, env={"http_proxy": f"http://127.0.0.1:{proxy.port}"})
    proxy.always(up.json(answers.completion()))
    assert gateway.chat().status == 200


# Errors of the upstream


STATUSES = [400, 401, 402, 403, 404, 405, 408, 409, 413, 422, 424, 429]
STATUSES += [500, 501, 502, 503, 504, 529]


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("stream", [False, True])
def test_an_upstream_error_keeps_everything(
    gateway: Gateway, upstream: FakeUpstream, status: int, stream: bool
) -> None:
    sent = {"message": f"no {status}", "type": "some_type", "param": "messages[0]", "code": "word"}
    upstream.answer(up.json({"error": sent}, status=status, headers=[("retry-after", "17")]))
    reply = gateway.chat(stream=stream)
    assert reply.status == status
    assert reply.error == sent
    assert reply.header("retry-after") == "17"


@pytest.mark.parametrize(
    ("sent", "want"),
    [
        (
            answers.error_body("m", None, None, None),
            {"message": "m", "type": None, "param": None, "code": None},
        ),
        (
            answers.error_body("m", "t", None, 429),
            {"message": "m", "type": "t", "param": None, "code": "429"},
        ),
        (
            {"object": "error", "message": "flat", "type": "BadRequest", "param": None, "code": 40},
            {"message": "flat", "type": "BadRequest", "param": None, "code": "40"},
        ),
    ],
    ids=["nulls", "a number", "vLLM's flat form"],
)
def test_the_members_of_an_upstream_error(
    gateway: Gateway, upstream: FakeUpstream, sent: dict[str, Any], want: dict[str, Any]
) -> None:
    upstream.answer(up.json(sent, status=429))
    reply = gateway.chat()
    assert reply.status == 429
    assert reply.error == want


ODD_BODIES = {
    "html": ("<html><body>Bad gateway</body></html>", "text/html"),
    "empty": ("", "application/json"),
    "cut json": ('{"error": {"message": "x', "application/json"),
    "a text": ('"quota"', "application/json"),
    "a list": ("[]", "application/json"),
    "an error that is a text": ('{"error":"quota is over"}', "application/json"),
    "a detail": ('{"detail":"quota is over"}', "application/json"),
    "an error without a message": ('{"error":{}}', "application/json"),
    "an error of null": ('{"error":null}', "application/json"),
    "a message that is no text": ('{"error":{"message":{"a":1}}}', "application/json"),
    "bytes that are no text": ("\udcff\udcfe", "text/plain"),
}


@pytest.mark.parametrize("name", ODD_BODIES)
@pytest.mark.parametrize("status", [404, 503])
def test_an_error_body_of_any_kind_becomes_an_error_object(
    gateway: Gateway, upstream: FakeUpstream, name: str, status: int
) -> None:
    text, content_type = ODD_BODIES[name]
    data = text.encode("utf-8", "surrogateescape")
    upstream.answer(up.reply(data, status=status, content_type=content_type))
    reply = gateway.chat()
    assert reply.status == status
    assert reply.error["param"] is None
    if "quota is over" in text:
        assert "quota is over" in reply.error["message"]


def test_a_huge_error_body_is_cut_down(gateway: Gateway, upstream: FakeUpstream) -> None:
    upstream.answer(up.reply("x" * 3_000_000, status=500, content_type="text/plain"))
    reply = gateway.chat()
    assert reply.status in (500, 502)
    assert len(reply.body) < 20_000


def test_retry_after_survives_on_streams_and_may_be_a_date(
    gateway: Gateway, upstream: FakeUpstream
) -> None:
    date = "Fri, 20 Nov 2026 10:00:00 GMT"
    upstream.answer(up.json(answers.error_body(), status=503, headers=[("retry-after", date)]))
    assert gateway.chat(stream=True).header("retry-after") == date


def test_x_should_retry_of_the_upstream_survives(gateway: Gateway, upstream: FakeUpstream) -> None:
    headers = [("x-should-retry", "false")]
    upstream.answer(up.json(answers.error_body(), status=429, headers=headers))
    assert gateway.chat().header("x-should-retry") == "false"


def test_a_missing_key_upstream_is_the_upstreams_401(
    start: StartGateway, upstream: FakeUpstream
) -> None:
    gateway = start({"model_list": [model("m", upstream.base, api_key=None)]})
    upstream.answer(up.json(answers.error_body("no key"), status=401))
    reply = gateway.post(CHAT, chat_body(), AUTH)
    assert reply.status == 401
    assert reply.error["message"] == "no key"
    assert "sk-e2e" not in upstream.request.head.decode()


def test_keys_come_from_the_environment(
    start: StartGateway, upstream: FakeUpstream, tmp_path: Path
) -> None:
    entries = [
        model("ref", upstream.base, api_key="os.environ/MY_KEY"),
        model("short", upstream.base, api_key="env/MY_KEY"),
        {
            "model_name": "std",
            "litellm_params": {"model": "openai/x"},
        },
        {
            "model_name": "vllm",
            "litellm_params": {"model": "hosted_vllm/org/x", "api_base": upstream.base},
        },
    ]
    env = {"MY_KEY": "sk-mine", "OPENAI_API_KEY": "sk-std", "OPENAI_API_BASE": upstream.base}
    gateway = start({"model_list": entries}, env=env)
    upstream.always(up.json(answers.completion()))
    for name in ("ref", "short", "std", "vllm"):
        assert gateway.chat(name).status == 200, name
    keys = [request.header("authorization") for request in upstream.requests]
    assert keys == ["Bearer sk-mine", "Bearer sk-mine", "Bearer sk-std", "Bearer fake-api-key"]
    assert upstream.last.json["model"] == "org/x"
