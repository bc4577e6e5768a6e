"""Poor devices for browser tests: what phones and tablets in a hall do to a page, each as a
script, a switch or an action.

A table-driven test takes the devices it needs::

    @pytest.mark.parametrize("device", [devices.STORAGE_FULL, devices.OLD_WEBVIEW], ids=str)
    def test_…(device, open_page):
        page = open_page(**device.context)
        device.prepare(page)  # before the first address
        page.goto(…)
        device.begin(page)  # now it goes wrong: what was there before was well

Most begin to be poor only at `begin`, so that a page can load well first; a device that is poor
from the start says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.contrib.sessions.models import Session

# What the browser itself says about a network that isn't there: not an error of the page.
NETWORK_COMPLAINTS = [
    "ERR_INTERNET_DISCONNECTED",
    "ERR_FAILED",
    "ERR_CONNECTION",
    "Failed to load resource",
]
FULL = "new DOMException('The quota has been exceeded', 'QuotaExceededError')"


@dataclass(frozen=True)
class Device:
    """A device: *script* runs before the page's own; *switch* turns its trouble on (empty: on from
    the start).
    """

    name: str
    script: str = ""
    switch: str = ""
    off: str = ""
    context: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name

    def prepare(self, page: Any) -> None:
        """Make *page* one of this device's; before its first address."""
        if self.script:
            page.add_init_script(f"(() => {{ window.device ??= {{}}; {self.script} }})();")

    def begin(self, page: Any) -> None:
        """Let the trouble begin."""
        if self.switch:
            page.evaluate(self.switch)

    def end(self, page: Any) -> None:
        """Let the trouble end."""
        if self.off:
            page.evaluate(self.off)


WELL = Device("well")
STORAGE_REFUSES_TO_OPEN = Device(
    "storage throws on open",
    """
    IDBFactory.prototype.open = function () { throw new DOMException('Not allowed here', 'SecurityError'); };
    Storage.prototype.getItem = Storage.prototype.setItem = function () { throw new DOMException('Not allowed here', 'SecurityError'); };
    """,
)
STORAGE_NEVER_OPENS = Device(
    "storage never answers",
    "IDBFactory.prototype.open = function () { return {}; };",
)
STORAGE_REFUSES_TO_WRITE = Device(
    "storage throws on write",
    """
    for (const name of ['put', 'add', 'delete']) {
      const real = IDBObjectStore.prototype[name];
      IDBObjectStore.prototype[name] = function (...all) {
        if (window.device.on) throw new DOMException('Read only', 'ReadOnlyError');
        return real.apply(this, all);
      };
    }
    const set = Storage.prototype.setItem;
    Storage.prototype.setItem = function (...all) {
      if (window.device.on) throw new DOMException('Read only', 'SecurityError');
      return set.apply(this, all);
    };
    """,
    switch="window.device.on = true",
    off="window.device.on = false",
)
# The request succeeds, the transaction doesn't: that is how browsers say that a disk is full.
STORAGE_FULL = Device(
    "storage full",
    f"""
    for (const name of ['put', 'add']) {{
      const real = IDBObjectStore.prototype[name];
      IDBObjectStore.prototype[name] = function (...all) {{
        const request = real.apply(this, all);
        if (window.device.on) request.addEventListener('success', () => this.transaction.abort());
        return request;
      }};
    }}
    const set = Storage.prototype.setItem;
    Storage.prototype.setItem = function (...all) {{
      if (window.device.on) throw {FULL};
      return set.apply(this, all);
    }};
    """,
    switch="window.device.on = true",
    off="window.device.on = false",
)
# A tablet that slept: the connection is there and dead. It stays so (`lasting`) or is good again
# once it is opened anew.
STORAGE_CONNECTION_LOST = Device(
    "storage connection lost",
    """
    const real = IDBDatabase.prototype.transaction;
    const open = IDBFactory.prototype.open;
    IDBFactory.prototype.open = function (...all) { window.device.opened = (window.device.opened ?? 0) + 1; return open.apply(this, all); };
    IDBDatabase.prototype.transaction = function (...all) {
      this.born ??= window.device.opened;
      if (window.device.lasting || (window.device.lost !== undefined && this.born <= window.device.lost)) {
        throw new DOMException('The database connection is closing', 'InvalidStateError');
      }
      return real.apply(this, all);
    };
    """,
    switch="window.device.lost = window.device.opened",
)
STORAGE_LOST_FOR_GOOD = Device(
    "storage lost for good",
    STORAGE_CONNECTION_LOST.script,
    switch="window.device.lasting = true",
    off="window.device.lasting = false",
)
CLOCK = """
    const real = Date.now.bind(Date), RealDate = Date;
    window.device.jump = 0;
    window.Date = class extends RealDate {
      constructor(...all) { if (all.length) super(...all); else super(real() + window.device.jump); }
      static now() { return real() + window.device.jump; }
    };
"""
CLOCK_JUMPS_FORWARDS = Device(
    "clock jumps forwards",
    CLOCK,
    switch="window.device.jump = 2 * 3600 * 1000",
    off="window.device.jump = 0",
)
CLOCK_JUMPS_BACKWARDS = Device(
    "clock jumps backwards",
    CLOCK,
    switch="window.device.jump = -2 * 3600 * 1000",
    off="window.device.jump = 0",
)
NO_SERVICE_WORKER = Device(
    "no service worker",
    "delete Navigator.prototype.serviceWorker;",
    context={"service_workers": "block"},
)
# What Chrome 99, Safari 15.4 and the browsers inside apps lack, the last two also what plain http
# lacks.
OLD_WEBVIEW = Device(
    "old WebView",
    """
    delete AbortSignal.timeout; delete AbortSignal.any;
    for (const name of ['structuredClone', 'BroadcastChannel', 'scheduler']) delete window[name];
    for (const name of ['at', 'findLast', 'findLastIndex', 'toSorted', 'toReversed', 'toSpliced', 'with']) {
      delete Array.prototype[name];
      if (name !== 'toSpliced') delete Object.getPrototypeOf(Uint8Array.prototype)[name];
    }
    delete String.prototype.at; delete String.prototype.isWellFormed; delete String.prototype.toWellFormed;
    delete Object.hasOwn; delete Object.groupBy; delete Map.groupBy; delete Promise.withResolvers; delete Array.fromAsync;
    for (const name of ['union', 'intersection', 'difference', 'isSubsetOf', 'isSupersetOf']) delete Set.prototype[name];
    delete Crypto.prototype.randomUUID; delete Crypto.prototype.subtle;
    for (const name of ['locks', 'wakeLock', 'storage', 'userActivation', 'scheduling']) delete Navigator.prototype[name];
    """,
)
STORAGES = [
    STORAGE_REFUSES_TO_OPEN,
    STORAGE_REFUSES_TO_WRITE,
    STORAGE_FULL,
    STORAGE_CONNECTION_LOST,
    STORAGE_LOST_FOR_GOOD,
]


def allow_network_trouble(page: Any) -> None:
    """Let the test pass though the browser logs that the network is away."""
    page.complaints.allowed += NETWORK_COMPLAINTS


def evict_storage(page: Any) -> None:
    """Throw away all that the origin of *page* keeps, as a browser does that runs out of room; its
    connections are closed.
    """
    session = page.context.new_cdp_session(page)
    origin = page.evaluate("location.origin")
    session.send(
        "Storage.clearDataForOrigin",
        {"origin": origin, "storageTypes": "indexeddb,local_storage,cache_storage"},
    )
    session.detach()


def end_session(user: Any) -> None:
    """End every session of *user* on the server; the browser keeps its cookie and hears of it with
    its next request.
    """
    gone = [
        row.pk
        for row in Session.objects.all()
        if row.get_decoded().get("_auth_user_id") == str(user.pk)
    ]
    Session.objects.filter(pk__in=gone).delete()


def lose_token(page: Any) -> None:
    """Give the browser of *page* another CSRF token, as a sign-in in another tab does."""
    page.context.clear_cookies(name="csrftoken")


@contextmanager
def without_network(page: Any) -> Iterator[None]:
    """Take the network away while the block runs: a request never leaves (lost *before* the
    request).
    """
    allow_network_trouble(page)
    page.context.set_offline(True)
    yield
    page.context.set_offline(False)


@contextmanager
def answers_lost(page: Any, address: str) -> Iterator[list[str]]:
    """Let requests to *address* (a glob) reach the server and lose the answers (lost *during* the
    request); yields what was sent.
    """
    allow_network_trouble(page)
    sent: list[str] = []

    def lose(route: Any) -> None:
        route.fetch()
        sent.append(route.request.post_data or "")
        route.abort("connectionreset")

    page.route(address, lose)
    yield sent
    page.unroute(address, lose)


@contextmanager
def portal_answers(page: Any, address: str) -> Iterator[None]:
    """Let the sign-in page of a wireless network answer requests to *address*: 200, a page, not
    from us.
    """
    answer = {
        "status": 200,
        "content_type": "text/html",
        "body": "<title>Welcome to the guest network</title>",
    }
    page.route(address, lambda route: route.fulfill(**answer))
    yield
    page.unroute(address)


def once_offline_after(page: Any, address: str) -> None:
    """Let one request to *address* be answered and take the network away right then (lost *after*
    the request).
    """
    allow_network_trouble(page)

    def answer(route: Any) -> None:
        route.fulfill(response=route.fetch())
        page.context.set_offline(True)

    page.route(address, answer, times=1)


def open_second_tab(page: Any) -> Any:
    """Open another tab of the same browser: same session, same storage."""
    second = page.context.new_page()
    second.complaints = page.complaints
    return second


def kill_and_restore(page: Any) -> Any:
    """End *page* as a phone does in the background, without a word to it, and open its address
    again.
    """
    address, context, complaints = page.url, page.context, page.complaints
    page.close(run_before_unload=False)
    restored = context.new_page()
    restored.complaints = complaints
    restored.goto(address)
    return restored


def leave_and_come_back(page: Any) -> None:
    """Fire what the back-forward cache fires: the page was left and is shown again as it was, its
    timers stopped in between.
    """
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")


def hide(page: Any, *, hidden: bool = True) -> None:
    """Let *page* believe that it is in the background (or in front again)."""
    state = "hidden" if hidden else "visible"
    page.evaluate(
        f"""() => {{
            Object.defineProperty(document, 'visibilityState', {{ configurable: true, get: () => '{state}' }});
            Object.defineProperty(document, 'hidden', {{ configurable: true, get: () => {str(hidden).lower()} }});
            document.dispatchEvent(new Event('visibilitychange', {{ bubbles: true }}));
        }}"""
    )
