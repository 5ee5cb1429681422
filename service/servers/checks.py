"""The checks of a live Redis or Valkey: the settings and users that durability and secrecy depend on.

They run as the user `doctor`, who sees settings and users and no envelope.
The service runs them every few seconds, and must not hold more power for that.
A setting that a server does not know is no fault, unless its rule says that it is required.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import redis

from service.servers.connection import ERRORS, Client, servers


@dataclass(frozen=True)
class Rule:
    """What one setting of a server must be: its name, which values fit, the line that sets it, the danger otherwise."""

    name: str
    fits: Callable[[str], bool]
    line: str
    danger: str
    required: bool = True

    def judge(self, found: str | None) -> str | None:
        """A sentence if the setting is wrong. `found` is None where the server does not know the setting."""
        if found is None:
            return f"The server does not tell “{self.name}”; it must be “{self.line}”." if self.required else None
        if self.fits(found):
            return None
        return f"{self.name} is “{found}”: {self.danger}. Set “{self.line}”."


def _must_be(name: str, value: str, danger: str, *, required: bool = True) -> Rule:
    return Rule(name, lambda found: found == value, f"{name} {value or chr(34) * 2}", danger, required)


_TELLS_TIME = "the server remembers commands and when they came"
_NO_MEMORY_OF_COMMANDS = (
    _must_be("slowlog-log-slower-than", "-1", _TELLS_TIME),
    _must_be("slowlog-max-len", "0", _TELLS_TIME),
    _must_be("latency-monitor-threshold", "0", "the server remembers when it was slow, and so when people came"),
    _must_be("notify-keyspace-events", "", "whoever listens hears each envelope arrive"),
    # Valkey 8.1 and newer.
    _must_be("commandlog-request-larger-than", "-1", _TELLS_TIME, required=False),
    _must_be("commandlog-reply-larger-than", "-1", _TELLS_TIME, required=False),
)
ENVELOPE_RULES = (
    _must_be("appendonly", "yes", "acknowledged envelopes are lost when the server stops"),
    _must_be("appendfsync", "always", "acknowledged envelopes of the last second or more are lost in a power cut"),
    _must_be("no-appendfsync-on-rewrite", "no", "envelopes that arrive during a rewrite are lost in a power cut"),
    _must_be("cluster-replica-no-failover", "yes", "a copy that takes over lacks the last acknowledged envelopes"),
    _must_be("maxmemory-policy", "noeviction", "a full memory may drop envelopes"),
    _must_be("save", "", "snapshots are further copies of the envelopes, at known times"),
    _must_be("aof-timestamp-enabled", "no", "the file says when each envelope came"),
    Rule(
        "hash-max-listpack-value",
        lambda found: found.isdigit() and int(found) <= 64,
        "hash-max-listpack-value 64",
        "few envelopes are kept as a list in the order of their arrival",
    ),
    *_NO_MEMORY_OF_COMMANDS,
)
LIMIT_RULES = (
    _must_be("appendonly", "no", "what counts requests is written to the disk"),
    _must_be("save", "", "what counts requests is written to the disk"),
    *_NO_MEMORY_OF_COMMANDS,
)

# What each user may do, in the words of its line in config/valkey: commands, keys, and in brackets what it may do on
# other keys. Nobody may write the key of the format, which can close the store.
Powers = frozenset[str]
_ENVELOPES, _FORMAT = "~envelopes:[0-9a-f][0-9a-f]", "%R~undersigned:format"
_REPEATS = "(%W~repeats:{envelopes:[0-9a-f][0-9a-f]} +set)"
_DOCTOR: Powers = frozenset({"+config|get", "+acl|getuser", "+acl|users", "+ping"})
_OF_ENVELOPES: Mapping[str, Powers] = {
    "web": frozenset({"+hsetnx", "+hexists", "+hlen", "+ping", _ENVELOPES, _FORMAT, _REPEATS}),
    "export": frozenset({"+hkeys", "+hmget", "+hlen", "+ping", f"%R{_ENVELOPES}", _FORMAT}),
    "forget": frozenset({"+bgrewriteaof", "+ping"}),
    "doctor": _DOCTOR,
}
_OF_LIMITS: Mapping[str, Powers] = {
    "limits": frozenset(
        {"+evalsha", "+script|load", "+mget", "+pttl", "+rename", "+set", "+get", "+incr", "+del", "+setrange"}
        | {"+ping", "~LIMITS:*"}
    ),
    "doctor": _DOCTOR,
}
# A cluster's client asks for the map of slots, and for the list of commands to know where in them the keys are.
_CLUSTER: Powers = frozenset({"+cluster|slots", "+command"})


def examine_envelopes(client: Client, cluster: bool) -> list[str]:
    """What is wrong with the servers that keep envelopes; each sentence says what to set. Raises ERRORS."""
    found: list[str] = []
    for name, server in servers(client):
        expected = {user: its | _CLUSTER for user, its in _OF_ENVELOPES.items()} if cluster else _OF_ENVELOPES
        found += _named(name, [*_judge_settings(server, ENVELOPE_RULES), *_judge_users(server, expected)])
    return found


def examine_limits(client: Client) -> list[str]:
    """What is wrong with the servers that count for the limits. Raises ERRORS."""
    found: list[str] = []
    for name, server in servers(client):
        found += _named(name, [*_judge_settings(server, LIMIT_RULES), *_judge_users(server, _OF_LIMITS)])
    return found


def findings(examine: Callable[[], Sequence[str]]) -> list[str]:
    """What `examine` finds wrong. A server that cannot be examined is itself a finding."""
    try:
        return list(examine())
    except ERRORS as error:
        return [f"The server cannot be examined: {error}"]


def _named(server: str, sentences: Sequence[str]) -> list[str]:
    return [f"{server}: {sentence}" if server else sentence for sentence in sentences]


def _judge_settings(server: redis.Redis, rules: Sequence[Rule]) -> list[str]:
    told = cast(Mapping[str, str], server.config_get(*(rule.name for rule in rules)))
    return [sentence for rule in rules if (sentence := rule.judge(told.get(rule.name)))]


def _judge_users(server: redis.Redis, users: Mapping[str, Powers]) -> list[str]:
    found = []
    default = _told_of(server, "default")
    if default is None or "off" not in default["flags"]:
        found.append("Whoever reaches the server may use it without a password. Set “user default reset”.")
    for user, expected in users.items():
        found += _judge_user(user, expected, _told_of(server, user))
    # Users of the operator's own are the operator's, as long as not just anybody is one.
    for user in sorted({*cast("list[str]", server.acl_users())} - {"default", *users}):
        told = _told_of(server, user)
        if told and "on" in told["flags"] and "nopass" in told["flags"]:
            found.append(f"The user “{user}” needs no password. Take its line out of the file of users.")
    return found


def _told_of(server: redis.Redis, user: str) -> Mapping[str, Any] | None:
    return cast("Mapping[str, Any] | None", server.acl_getuser(user))


def _judge_user(user: str, expected: Powers, told: Mapping[str, Any] | None) -> list[str]:
    line = f"Take the line of “{user}” from config/valkey."
    if told is None or "on" not in told["flags"]:
        return [f"There is no user “{user}”. {line}"]
    found = []
    if "nopass" in told["flags"]:
        found.append(f"The user “{user}” needs no password. {line}")
    granted = _powers(told)
    # Of a user with more, nobody could say what is missing: a category holds many commands, a pattern many keys.
    if more := " ".join(sorted(granted - expected)):
        found.append(f"The user “{user}” may do more than its work: {more}. {line}")
    elif missing := " ".join(sorted(expected - granted)):
        found.append(f"The user “{user}” may not do its work: {missing} is missing. {line}")
    return found


def _powers(told: Mapping[str, Any]) -> Powers:
    """All that a user may do, as the server tells it; what is only taken away again is no power."""
    words = [*told["categories"], *told["commands"], *told["keys"], *told["channels"]]
    for selector in told["selectors"]:
        parts = dict(zip(selector[::2], selector[1::2], strict=True))
        inner = sorted(word for part in parts.values() for word in part.split() if not word.startswith("-"))
        words.append(f"({' '.join(inner)})")
    return frozenset(word for word in words if not word.startswith("-"))
