"""Only this computer's own page may talk to the desk: the attack table, row by row."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from records.study import open_study
from tests.desk_pages import HOME, OURS, PORT, Visitor, at_the_desk, browser
from tests.small_study import office
from wamforms.desk.answering import BODY_BYTES
from wamforms.desk.app import PARTS, make_app, make_desk
from wamforms.desk.guard import LOOPBACK, OPEN
from wamforms.desk.sessions import IDLE_S, TOKEN_LIFE_S, Sessions
from wamforms.desk.visits import TOKEN_FIELD

EVERY_POST = sorted(way.path for part in PARTS for way in part.ways if way.method == "POST")
EVERY_GET = sorted(way.path for part in PARTS for way in part.ways if way.method == "GET")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return office(tmp_path_factory.mktemp("guard")).folder


@pytest.fixture(scope="module")
def visitor(study: Path) -> Iterator[Visitor]:
    with at_the_desk(study) as found:
        yield found


def address(path: str) -> str:
    """Fill in the parts of a path that have names."""
    return "/".join("1" if part.startswith("{") else part for part in path.split("/"))


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        f"evil.example:{PORT}",
        "127.0.0.1",
        f"localhost:{PORT}",
        f"127.0.0.1:{PORT + 1}",
    ],
)
def test_another_name_than_ours_is_refused(visitor: Visitor, host: str) -> None:
    assert visitor.get("/", host=host).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://evil.example", "sec-fetch-site": "cross-site"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"origin": HOME},
        {"sec-fetch-site": "same-origin"},
        {"origin": f"http://{LOOPBACK}:{PORT + 1}", "sec-fetch-site": "same-site"},
        {"origin": f"http://localhost:{PORT}", "sec-fetch-site": "same-site"},
        {"origin": HOME, "sec-fetch-site": "none"},
    ],
)
@pytest.mark.parametrize("path", EVERY_POST)
def test_only_our_own_page_changes_anything(
    visitor: Visitor, path: str, headers: dict[str, str]
) -> None:
    form = {TOKEN_FIELD: visitor.session.token}
    answer = visitor.client.post(address(path), data=form, headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize("path", EVERY_POST)
@pytest.mark.parametrize("token", ["", "x" * 43])
def test_our_own_page_needs_its_token_too(visitor: Visitor, path: str, token: str) -> None:
    answer = visitor.client.post(address(path), data={TOKEN_FIELD: token}, headers=OURS)
    assert answer.status_code == 403


@pytest.mark.parametrize("path", EVERY_POST)
def test_a_get_never_does_what_a_post_does(visitor: Visitor, path: str) -> None:
    if path not in EVERY_GET:
        assert visitor.get(address(path)).status_code in {404, 405}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_refused(visitor: Visitor, method: str) -> None:
    assert visitor.client.request(method, "/", headers=OURS).status_code == 403


@pytest.mark.parametrize("path", sorted({*EVERY_GET, *EVERY_POST}))
def test_nothing_of_the_study_is_shown_without_a_session(study: Path, path: str) -> None:
    with browser(study) as (client, _):
        method = "POST" if path in EVERY_POST and path not in EVERY_GET else "GET"
        answer = client.request(method, address(path), headers=OURS)
        assert answer.status_code == 403
        assert "Small study" not in answer.text


def test_a_token_works_once(study: Path) -> None:
    with browser(study) as (client, desk):
        link = f"{OPEN}?token={desk.sessions.invite()}"
        assert client.get(link).status_code == 200
        client.cookies.clear()
        assert client.get(link).status_code == 403
        assert not client.cookies


@pytest.mark.parametrize("token", ["", "?token=", "?token=guess"])
def test_a_guessed_token_opens_nothing(study: Path, token: str) -> None:
    with browser(study) as (client, _):
        answer = client.get(OPEN + token)
        assert answer.status_code == 403
        assert not client.cookies


def test_a_token_that_nobody_used_dies() -> None:
    clock_s = [0.0]
    sessions = Sessions(clock=lambda: clock_s[0])
    token = sessions.invite()
    clock_s[0] = TOKEN_LIFE_S + 1
    assert sessions.exchange(token) is None


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(study: Path) -> None:
    with browser(study) as (client, desk):
        answer = client.get(f"{OPEN}?token={desk.sessions.invite()}")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert str(PORT) in cookie, "browsers share cookies between ports"


def test_the_token_of_a_session_has_at_least_128_bits(visitor: Visitor) -> None:
    assert len(visitor.session.id) * 6 >= 256
    assert len(visitor.desk.sessions.invite()) * 6 >= 256


@pytest.mark.parametrize("dest", ["iframe", "frame", "embed", "object"])
def test_the_desk_is_not_shown_inside_another_page(visitor: Visitor, dest: str) -> None:
    assert visitor.get("/", **{"sec-fetch-dest": dest}).status_code == 403
    answer = visitor.get("/")
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("peer", ["192.168.1.20", "10.0.0.7", "::1", "fe80::1"])
def test_another_computer_is_refused(study: Path, peer: str) -> None:
    with open_study(study) as opened:
        app = make_app(make_desk(opened, PORT))
        with TestClient(app, HOME, client=(peer, 50_000)) as client:
            assert client.get("/").status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_picture_cannot_be_taken_from_another_site(visitor: Visitor, site: str) -> None:
    assert visitor.get("/", **{"sec-fetch-site": site}).status_code == 403


def test_no_page_may_load_anything_from_elsewhere_or_stay_in_a_cache(visitor: Visitor) -> None:
    answer = visitor.get("/")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "http:" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in answer.headers


def test_a_desk_that_nobody_touches_locks_itself(study: Path) -> None:
    clock_s = [0.0]
    with at_the_desk(study, sessions=Sessions(clock=lambda: clock_s[0])) as visitor:
        clock_s[0] = IDLE_S - 1
        assert visitor.get("/").status_code == 200
        clock_s[0] += IDLE_S - 1
        assert visitor.get("/here", **{"x-desk-by-itself": "1"}).status_code == 200
        clock_s[0] += 2
        locked = visitor.get("/")
        assert locked.status_code == 403
        assert "locked" in locked.text
        assert "Small study" not in locked.text


def test_a_locked_session_stays_locked(study: Path) -> None:
    with at_the_desk(study) as visitor:
        assert visitor.post("/lock").status_code == 303
        assert visitor.get("/").status_code == 403


def test_a_body_larger_than_any_of_ours_is_refused(visitor: Visitor) -> None:
    assert visitor.post("/who", {"by": "x" * BODY_BYTES}).status_code == 413


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_a_page_to_go_back_to_is_one_of_ours(visitor: Visitor, target: str) -> None:
    answer = visitor.post("/who", {"by": "AB", "next": target})
    assert answer.headers["location"] == "/"
    assert 'value="/"' in visitor.text(f"/who?next={target}")


def test_style_and_fonts_are_ours_and_hold_nothing_of_a_study(study: Path) -> None:
    with browser(study) as (client, _):
        for path in ("/static/desk.css", "/static/fonts/AtkinsonHyperlegible-Regular.ttf"):
            assert client.get(path).status_code == 200
        assert client.get("/static/../app.py").status_code == 404
        assert client.get("/static/fonts/../__init__.py").status_code == 404
