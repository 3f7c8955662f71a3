#!/usr/bin/env python3
"""Checks a bundle of a Writ log, as docs/audit.md describes it.

A second reader, written from that page with nothing but Python's standard library, so that nobody has to trust
`writ-verify` or the language it is written in. It is slow and short.

    verify.py BUNDLE LOG.PUB [CHECKPOINT ...]

LOG.PUB has a line for each key of the log that is trusted.

Exits with 0 when all is sound; 2 when the log is not; 3 when the log is, but a rule of conduct was broken; 1 when it
can't be told. Writes what it found as JSON.
"""

import base64
import calendar
import datetime
import hashlib
import json
import re
import struct
import sys

MOST = 64 * 1024 * 1024
EMPTY = hashlib.sha256(b"").digest()


class Unsound(Exception):
    """The log is not sound."""


def ensure(holds, why):
    if not holds:
        raise Unsound(why)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


# ── Ed25519 (RFC 8032 §5.1.7, §6) ────────────────────────────────────────────────

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(a, b):
    aa = (a[1] - a[0]) * (b[1] - b[0]) % P
    bb = (a[1] + a[0]) * (b[1] + b[0]) % P
    cc = 2 * a[3] * b[3] * D % P
    dd = 2 * a[2] * b[2] % P
    e, f, g, h = bb - aa, dd - cc, dd + cc, bb + aa
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(number, point):
    sum_ = (0, 1, 1, 0)
    while number > 0:
        if number & 1:
            sum_ = add(sum_, point)
        point = add(point, point)
        number >>= 1
    return sum_


def is_same(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def recover_x(y, sign):
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P)
    if x2 % P == 0:
        return None if sign else 0
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P != 0:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - x2) % P != 0:
        return None
    return P - x if (x & 1) != sign else x


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)
NEUTRAL = (0, 1, 1, 0)


def point_of(encoded):
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def is_signed(key, text, signature):
    a, r = point_of(key), point_of(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= Q or len(signature) != 64:
        return False
    if is_same(times(8, a), NEUTRAL) or is_same(times(8, r), NEUTRAL):
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + text).digest(), "little") % Q
    return is_same(times(s, BASE), add(r, times(h, a)))


# ── signed notes and checkpoints (§4) ────────────────────────────────────────────


def unbase64(text):
    """Base64 that is written in the one right way."""
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("not base64")
    return data


class Key:
    """A verifier key: name, id, 32 bytes."""

    def __init__(self, text):
        self.name, key_id, encoded = text.strip().split("+", 2)
        kind, self.key = unbase64(encoded)[:1], unbase64(encoded)[1:]
        self.id = sha256(self.name.encode(), b"\n", kind, self.key)[:4]
        if kind != b"\x01" or len(self.key) != 32 or self.id.hex() != key_id:
            raise ValueError("not an Ed25519 verifier key")

    def __str__(self):
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([1]) + self.key).decode()}"


def text_of(note):
    """The text of a signed note, and its signature lines."""
    at = note.rfind("\n\n")
    ensure(at >= 0 and note.endswith("\n") and "\r" not in note, "a note is no signed note")
    text, lines = note[: at + 1], note[at + 2 :].split("\n")[:-1]
    ensure(not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text), "a note holds a control character")
    return text, lines


def is_signed_by(note, keys):
    """Whether one of the keys has signed a note. None of them has signed it falsely."""
    text, lines = text_of(note)
    known = False
    for line in lines:
        parts = line.split(" ")
        try:
            signature = unbase64(parts[2])
        except (IndexError, ValueError):
            raise Unsound("a signature line can't be read") from None
        ensure(parts[0] == "—" and len(parts) == 3 and len(signature) >= 4, "a signature line can't be read")
        for key in keys:
            if key.name == parts[1] and key.id == signature[:4]:
                ensure(is_signed(key.key, text.encode(), signature[4:]), "a signature is false")
                known = True
    return known


def checkpoint_of(note):
    """Origin, size and root of a checkpoint, whoever signed it."""
    body = text_of(note)[0].split("\n")
    ensure(len(body) == 4 and re.fullmatch(r"0|[1-9][0-9]*", body[1]), "a note is no checkpoint")
    try:
        root = unbase64(body[2])
    except ValueError:
        raise Unsound("a root is no base64") from None
    ensure(len(root) == 32, "a root has 32 bytes")
    ensure(int(body[1]) < 2**64, "a size is too large")
    return body[0], int(body[1]), root


def trusted(line):
    """A line of log.pub: a key, and after which size it took over, where it did."""
    key, said, after = line.partition(" after ")
    if said and not re.fullmatch(r"[0-9]+", after):
        raise ValueError("what stands after `after` is not a number")
    return Key(key), int(after) if said else None


class Chain:
    """The keys of the log (§4): each signs until it hands over to the next."""

    def __init__(self, origin, trusted, notes):
        self.spans = []
        for number, note in enumerate(notes, 1):
            body = text_of(note)[0].split("\n")
            ensure(len(body) == 6 and body[0] == origin, "a handover of another log, or none")
            ensure(body[1] == f"log key {number}", "handovers out of order")
            ensure(re.fullmatch(r"[1-9][0-9]{0,19}", body[2]) and int(body[2]) < 2**64, "a handover's size")
            try:
                old, new = Key(body[3]), Key(body[4])
            except ValueError:
                raise Unsound("a handover names no keys") from None
            after = int(body[2])
            ensure([str(old), str(new)] == body[3:5] and old.name == new.name == origin, "a handover names other keys")
            ensure(is_signed_by(note, [old]) and is_signed_by(note, [new]), "a handover is not signed by both keys")
            if not self.spans:
                self.spans.append((0, [old]))
            before, [last] = self.spans[-1]
            ensure(str(last) == str(old) and after > before, "handovers do not follow each other")
            self.spans.append((after, [new]))
        known = {str(key) for _, keys in self.spans for key in keys}
        if not self.spans:
            self.spans.append((0, [key for key, after in trusted if after is None]))
        else:
            ensure(any(str(key) in known for key, _ in trusted), "none of the log's keys is trusted")
        for key, after in trusted:
            if after is None or any(at == after and [str(one) for one in keys] == [str(key)] for at, keys in self.spans):
                continue
            ensure(str(key) not in known and after > self.spans[-1][0], "a trusted key is not the log's own")
            self.spans.append((after, [key]))
            known.add(str(key))

    def open(self, note):
        """Origin, size and root of a checkpoint that the key has signed whose turn it was."""
        origin, size, root = checkpoint_of(note)
        keys = next((keys for after, keys in reversed(self.spans) if after < size), self.spans[0][1])
        ensure(is_signed_by(note, keys), "a checkpoint is not signed by the log's key")
        return origin, size, root


# ── the tree (§3) ────────────────────────────────────────────────────────────────


def leaf_hash(entry):
    return sha256(b"\x00", entry)


def node_hash(left, right):
    return sha256(b"\x01", left, right)


class Edge:
    """The roots of the complete subtrees, from the left, each with its level."""

    def __init__(self, size=0, hashes=()):
        levels = [level for level in range(63, -1, -1) if size >> level & 1]
        ensure(len(levels) == len(hashes), "the edge has another number of hashes")
        self.size, self.roots = size, list(zip(levels, hashes))

    def push(self, leaf):
        level = 0
        while self.roots and self.roots[-1][0] == level:
            leaf = node_hash(self.roots.pop()[1], leaf)
            level += 1
        self.roots.append((level, leaf))
        self.size += 1

    def root(self):
        if not self.roots:
            return EMPTY
        acc = self.roots[-1][1]
        for _, left in reversed(self.roots[:-1]):
            acc = node_hash(left, acc)
        return acc


def is_included(leaf, index, size, proof, root):
    """RFC 9162 §2.1.3.2."""
    if index >= size:
        return False
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def is_consistent(first, first_root, second, second_root, proof):
    """RFC 9162 §2.1.4.2; from an empty tree the proof is empty."""
    if first == 0:
        return not proof and first_root == EMPTY and (second > 0 or second_root == EMPTY)
    if first >= second:
        return first == second and not proof and first_root == second_root
    if first & (first - 1) == 0:
        proof = [first_root] + proof
    if not proof:
        return False
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = proof[0]
    for c in proof[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first_root and sr == second_root


# ── bytes ────────────────────────────────────────────────────────────────────────


class Bytes:
    """Bytes that are taken from the front."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        ensure(self.at + count <= len(self.data), "a record ends too early")
        self.at += count
        return self.data[self.at - count : self.at]

    def part(self):
        return self.take(struct.unpack(">I", self.take(4))[0])

    def text(self):
        data = self.take(struct.unpack(">H", self.take(2))[0])
        try:
            text = data.decode()
        except UnicodeDecodeError:
            raise Unsound("a text is not UTF-8") from None
        ensure(text, "a text is empty")
        return text

    def hashes(self):
        rest = self.take(len(self.data) - self.at)
        ensure(len(rest) % 32 == 0, "a list of hashes ends too early")
        return [rest[at : at + 32] for at in range(0, len(rest), 32)]

    def end(self):
        ensure(self.at == len(self.data), "something follows")


class Entry:
    """An entry (§1), with the payloads that came along."""

    def __init__(self, data):
        read = Bytes(data)
        ensure(read.take(1) == b"\x01", "another version of an entry")
        self.seq, self.at = struct.unpack(">Qq", read.take(16))
        self.actor, self.kind = read.text(), read.text()
        mark = read.take(1)
        ensure(mark in (b"\x00", b"\x01"), "a mark is neither 0 nor 1")
        self.case = read.text() if mark == b"\x01" else None
        self.process, self.personal = read.take(32), read.take(32)
        read.end()
        self.payload, self.leaf = None, leaf_hash(data)


def erased_by(payload, seq):
    """The numbers that an entry of kind payload.erased names, as pairs (§2)."""
    try:
        named = json.loads(payload)["erased"]
        pairs = [(one, one) if isinstance(one, int) else tuple(one) for one in named]
        fits = all(type(n) is int for pair in pairs for n in pair)
        ensure(fits and all(len(pair) == 2 and 0 <= pair[0] <= pair[1] < seq for pair in pairs), "an erasure names no earlier entries")
    except (ValueError, KeyError, TypeError):
        raise Unsound("an erasure names no entries") from None
    return pairs


def is_sealed(payload):
    """Whether an entry of kind payload.erased is about a case of a closed compartment (§2)."""
    return "sealed" in json.loads(payload)


# ── the bundle (§7) ──────────────────────────────────────────────────────────────


def records(file):
    if file.read(18) != b"writ-log-bundle 1\n":
        raise ValueError("no bundle of this version")
    while True:
        head = file.read(5)
        if len(head) < 5:
            return
        tag, length = struct.unpack(">cI", head)
        ensure(tag in b"HKDECXZ" and length <= MOST, "a record of an unknown kind, or too large")
        body = file.read(length)
        if len(body) < length:
            return
        yield tag, Bytes(body)


class Log:
    """The log of a bundle, record by record."""

    def __init__(self, keys, kept):
        self.trusted, self.origin, self.notes, self.kept = keys, keys[0][0].name, kept, []
        self.handovers, self.keys = [], None
        self.count, self.header, self.edge, self.signed = 0, None, None, None
        self.last_at, self.outside, self.ended = None, None, False
        self.absent, self.withheld, self.erased = set(), set(), []

    def take(self, tag, body):
        """Takes a record; gives the entry it brings."""
        number, self.count = self.count, self.count + 1
        ensure(not self.ended, "something follows the end")
        if self.header is None:
            ensure(tag == b"H", "the header is missing")
            return self.begin(body)
        if tag == b"K":
            ensure(self.keys is None, "a handover that comes too late")
            try:
                self.handovers.append(body.take(len(body.data)).decode())
            except UnicodeDecodeError:
                raise Unsound("a note is not UTF-8") from None
            return None
        if self.keys is None:
            self.keys = Chain(self.origin, self.trusted, self.handovers)
            self.keep()
        first = self.header["first"]
        ensure((tag == b"D") == (self.edge is None), "the edge is missing, or does not belong there")
        ensure(tag != b"H", "a second header")
        if tag == b"D":
            self.edge = Edge(first, body.hashes())
            self.compare(first, self.edge.root())
        elif tag == b"E":
            return self.entry(body)
        elif tag == b"C":
            self.checkpoint(body)
        elif tag == b"X":
            return self.from_outside(body)
        else:
            ensure(body.take(8) == struct.pack(">Q", number), "the number of records is another")
            body.end()
            self.ended = True
        return None

    def keep(self):
        """Opens the checkpoints that were kept elsewhere. Those of another log are nobody's fault here."""
        for note in self.notes:
            try:
                origin, size, root = self.keys.open(note)
                ensure(origin == self.origin, "of another log")
            except Unsound as why:
                raise ValueError(f"a kept checkpoint is not the log's: {why}") from None
            self.kept.append((size, root))

    def begin(self, body):
        data = body.take(len(body.data))
        try:
            header = json.loads(data)
            canonical = json.dumps({key: header[key] for key in ("first", "end", "origin", "payloads", "size")}, separators=(",", ":"), ensure_ascii=False)
        except (ValueError, KeyError, TypeError):
            raise Unsound("the header can't be read") from None
        ensure(canonical.encode() == data, "the header is written in another way")
        numbers = [header["first"], header["end"], header["size"]]
        ensure(all(type(n) is int and 0 <= n < 2**64 for n in numbers), "the header's numbers")
        ensure(numbers == sorted(numbers), "the header names a part that ends before it begins")
        ensure(header["origin"] == self.origin, "another log")
        ensure(header["payloads"] in ("none", "process", "all"), "unknown payloads")
        self.header = header
        if header["first"] == 0:
            self.edge = Edge()

    def entry(self, body):
        ensure(self.edge.size < self.header["end"] and self.outside is None, "an entry beyond the part")
        entry = self.carried(body)
        body.end()
        ensure(entry.seq == self.edge.size, f"entry {self.edge.size} is missing")
        ensure(self.last_at is None or entry.at >= self.last_at, "an entry is earlier than the one before")
        self.last_at = entry.at
        self.edge.push(entry.leaf)
        self.compare(self.edge.size, self.edge.root())
        return entry

    def from_outside(self, body):
        size, first, end = self.header["size"], self.header["first"], self.header["end"]
        ensure(self.signed and self.signed[0] == size and self.edge.size == end, "comes before the last checkpoint")
        entry = self.carried(body)
        ensure(not first <= entry.seq < end, "belongs to the part")
        ensure(self.outside is None or entry.seq > self.outside[0] and entry.at >= self.outside[1], "out of order")
        ensure(is_included(entry.leaf, entry.seq, size, body.hashes(), self.signed[1]), f"entry {entry.seq} is not in the log")
        self.outside = (entry.seq, entry.at)
        return entry

    def carried(self, body):
        entry = Entry(body.part())
        process, personal = body.part(), body.part()
        ensure(all(len(part) == 0 or len(part) >= 32 for part in (process, personal)), "a salt has 32 bytes")
        wanted = self.header["payloads"]
        ensure(bool(process) == (wanted != "none"), f"the process payload of entry {entry.seq}")
        if process:
            ensure(sha256(process) == entry.process, f"the process payload of entry {entry.seq}")
            entry.payload = process[32:]
            if entry.kind == "payload.erased":
                self.erased += erased_by(entry.payload, entry.seq)
        if wanted != "all" or entry.kind == "sealed.act":
            ensure(not personal, f"the personal payload of entry {entry.seq}")
            self.withheld.add(entry.seq)
        elif personal:
            ensure(sha256(personal) == entry.personal, f"the personal payload of entry {entry.seq}")
        else:
            self.absent.add(entry.seq)
        return entry

    def checkpoint(self, body):
        try:
            note = body.part().decode()
        except UnicodeDecodeError:
            raise Unsound("a note is not UTF-8") from None
        proof = body.hashes()
        origin, size, root = self.keys.open(note)
        here, top = self.edge.size, self.edge.root()
        ensure(origin == self.origin, "a checkpoint of another log")
        ensure(self.outside is None and size <= self.header["size"], "a checkpoint out of place")
        ensure(self.signed is None or size > self.signed[0], "checkpoints out of order")
        if size == here:
            ensure(not proof and root == top, f"the checkpoint over {size} entries has another root")
        elif size < here:
            ensure(here == self.header["first"] and is_consistent(size, root, here, top, proof), f"the checkpoint over {size} entries")
        else:
            ensure(here == self.header["end"] and is_consistent(here, top, size, root, proof), f"the checkpoint over {size} entries")
        self.signed = (size, root)
        self.compare(size, root)

    def compare(self, size, root):
        for kept_size, kept_root in self.kept:
            ensure(kept_size != size or kept_root == root, f"the kept checkpoint over {size} entries has another root")

    def finish(self):
        ensure(self.ended, "the bundle was cut short")
        first, end, size = self.header["first"], self.header["end"], self.header["size"]
        ensure(self.edge.size == end, f"entry {self.edge.size} is missing")
        ensure(self.signed and self.signed[0] == size, "the last checkpoint is missing")
        ensure(all(kept <= size for kept, _ in self.kept), "a kept checkpoint covers more")
        if self.header["payloads"] == "all":
            named = {seq for low, high in self.erased for seq in range(max(low, first), min(high, end - 1) + 1)}
            gone = {seq for seq in self.absent if first <= seq < end}
            named -= self.withheld
            ensure(gone == named, "personal payloads are missing, or are there though erased")


# ── conduct (§8) ─────────────────────────────────────────────────────────────────

EMERGENCIES = {"emergency_request", "emergency_pen_trap_request", "emergency_wiretap_request"}
PRESERVES_ONLY = {
    "preservation_2703f", "litigation_hold_letter", "ca_preservation_demand", "epoc_pr", "epoc_pr_extension",
    "epoc_pr_confirmation",
}
DISCLOSES = {"disclose", "disclose_partial", "disclose_discretionary", "provision", "publish"}
PRESERVES = {"preserve", "preserve_and_hold", "voluntary_preserve"}
CONTENT = {"content_stored", "content_realtime", "content", "passwords", "all_stored"}
LACKS_DATA = {"data_not_held"}
GRANTS = {"content", "non_content"}
REDIRECTED = {"withdrawn", "customer_answered"}
EDITS = {"case.amended", "demand.added", "demands.added", "demand.changed", "demand.split", "demand.removed"}
# Where the payload of a kind says who acted.
BY = {
    "case.opened": "edit", "requester.checked": "check", "case.assessed": "assessed", "decision.drafted": "draft",
    "decision.approved": "approval", "decision.returned": "returned", "collection.recorded": "result",
    "production.released": "release", "wait.started": "wait", "wait.ended": "ended", "redirect.answered": "answer",
    "case.closed": "closing", "case.withdrawn": "closing", "alarm.acknowledged": "acknowledgement", **{kind: "edit" for kind in EDITS},
}
ACKNOWLEDGED_BY = {"admin", "auditor"}
ERASURES = {
    "hold.placed", "hold.lifted", "erasure.proposed", "erasure.approved", "erasure.declined", "erasure.passed_over",
    "payload.erased",
}
# Kinds whose personal payload may go with a case of a closed compartment.
GO_SEALED = {"sealed.act", "document.received", "officer.added"}
STAFF = {"staff.added", "staff.changed", "staff.deactivated", "staff.reactivated"}


class Case:
    """A case as its process payloads tell it."""

    def __init__(self, opened):
        self.paper = opened["paper"]
        self.demands = {one["id"]: one["asked"]["data_class"] for one in opened.get("demands", [])}
        self.revision, self.editors = opened["edit"]["revision"], {opened["edit"]["by"]}
        self.confirmed, self.called_back = set(), set()
        self.assessed, self.decisions, self.pending, self.results = None, {}, None, {}
        self.wait, self.has_left, self.is_closed, self.answers = None, False, False, []
        self.closed = None

    def keeps_only(self):
        return self.paper["instrument"] in PRESERVES_ONLY

    def is_approved(self):
        return self.pending is not None and 0 < self.pending["needed"] <= len(self.pending["by"])

    def gates(self, upto):
        needed = 2 if self.paper["instrument"] in EMERGENCIES else 1
        gates = [
            ("verified", len(self.confirmed) >= needed), ("assessed", self.assessed is not None),
            ("decided", self.pending is not None), ("approved", self.is_approved()),
        ]
        broken = set()
        for name, is_open in gates:
            if not is_open:
                broken.add(name)
            if name == upto:
                return broken
        return broken

    def edit(self, edit):
        is_next = edit["revision"] == self.revision + 1
        self.revision = edit["revision"]
        self.editors.add(edit["by"])
        return set() if is_next else {"edits_counted"}

    def void(self):
        self.assessed, self.pending, self.results = None, None, {}

    def granted(self):
        return {demand for demand, (kind, _) in self.decisions.items() if kind in GRANTS}

    def has_data(self):
        return any(outcome == "collected" for _, outcome in self.results.values())

    def answer(self):
        return next((result for revision, result in self.answers if revision == self.revision), None)

    def outcome(self):
        collected = {demand for demand, (_, outcome) in self.results.items() if outcome == "collected" and demand in self.demands}
        decided = [self.decisions.get(demand, (None, None)) for demand in self.demands]
        rejected = [reason for kind, reason in decided if kind == "reject"]
        if self.keeps_only() and collected:
            return "preserved_only"
        if any(self.demands[demand] in CONTENT for demand in collected):
            return "content"
        if collected:
            return "non_content_only"
        if any(kind in GRANTS for kind, _ in decided):
            return "no_data"
        if any(kind == "redirect" for kind, _ in decided) and self.answer() in REDIRECTED | {None}:
            return "redirected"
        return "no_data" if rejected and all(reason in LACKS_DATA for reason in rejected) else "rejected"

    def take(self, kind, payload, is_reviewer):
        broken = set()
        is_free = kind in ("wait.started", "wait.ended")
        is_last = kind == "case.closed" or kind == "redirect.answered" and payload.get("edit") is None
        if self.is_closed:
            return set() if is_free else {"not_after_the_end"}
        if self.has_left and not is_free and not is_last:
            broken.add("not_after_the_end")
        return broken | getattr(self, kind.replace(".", "_"), self.edited)(payload, is_reviewer)

    def edited(self, payload, _):
        edit = payload["edit"]
        edit["by"], edit["revision"]
        if "paper" in payload:
            before, now = self.paper["requester"], payload["paper"]["requester"]
            if (before["agency"], before.get("officer")) != (now["agency"], now.get("officer")):
                self.confirmed, self.called_back = set(), set()
            self.paper = payload["paper"]
        now = list(payload.get("demands", [])) + [payload[key] for key in ("kept", "added") if key in payload]
        demand = payload.get("demand")
        if isinstance(demand, dict):
            now.append(demand)
        elif demand is not None:
            self.demands.pop(demand, None)
            self.decisions.pop(demand, None)
        self.demands.update({one["id"]: one["asked"]["data_class"] for one in now})
        broken = self.edit(edit)
        self.void()
        return broken

    def requester_checked(self, payload, _):
        check = payload["check"]
        if check["result"] == "confirmed" and check["method"] != "mail_authentication":
            self.confirmed.add(check["by"])
            if check["method"] == "call_back":
                self.called_back.add(check["by"])
        return set()

    def allows(self, answer):
        proposes = answer["disposition"] in (PRESERVES if self.keeps_only() else DISCLOSES)
        return answer["verdict"] == "permitted" and proposes

    def case_assessed(self, payload, _):
        broken, assessed = self.gates("verified"), payload["assessed"]
        answers = {one["demand"]: self.allows(one["assessment"]) for one in assessed.get("answers", [])}
        is_whole = len(assessed.get("answers", [])) == len(self.demands) and answers.keys() <= self.demands.keys()
        if assessed["scope_revision"] != self.revision or not is_whole:
            broken.add("assessed")
        if self.pending is None:
            self.assessed = answers
        return broken

    def decision_drafted(self, payload, is_reviewer):
        broken, draft = self.gates("assessed"), payload["draft"]
        broken |= self.edit(payload["edit"])
        if draft["by"] != payload["edit"]["by"]:
            broken.add("one_actor")
        decisions = {one["demand"]: (one["kind"], one.get("reason")) for one in draft.get("decisions", [])}
        allowed = self.assessed or {}
        if is_reviewer is False and any(kind in GRANTS and not allowed.get(demand) for demand, (kind, _) in decisions.items()):
            broken.add("within_verdict")
        if draft["approvals_needed"] == 0:
            broken.add("approved")
        self.decisions, self.results = decisions, {}
        is_whole = all(decisions.get(demand, ("clarify", None))[0] != "clarify" for demand in self.demands)
        self.pending = None
        if self.assessed is not None and is_whole:
            self.pending = {"hash": draft["scope_hash"], "needed": draft["approvals_needed"], "by": set()}
        return broken

    def decision_approved(self, payload, is_reviewer):
        broken, approval = self.gates("decided"), payload["approval"]
        if is_reviewer is False:
            broken.add("approved_by_reviewer")
        if approval["by"] in self.editors:
            broken.add("approved_by_another")
        seen = (approval["scope_hash"], approval["scope_revision"])
        if self.pending is not None:
            if seen != (self.pending["hash"], self.revision):
                broken.add("approved_as_it_stood")
            if approval["by"] in self.pending["by"]:
                broken.add("approved_once")
            self.pending["by"].add(approval["by"])
        return broken

    def decision_returned(self, payload, _):
        payload["returned"]["by"]
        self.pending = None
        return set()

    def collection_recorded(self, payload, _):
        broken, result = self.gates("approved"), payload["result"]
        by, demand, outcome = result["by"], result["demand"], result["outcome"]
        if self.pending is not None and by in self.pending["by"]:
            broken.add("collected_by_another")
        if demand not in self.granted() or demand in self.results:
            broken.add("collected_as_granted")
        self.results[demand] = (by, outcome)
        return broken

    def production_released(self, payload, _):
        broken, by = self.gates("approved"), payload["release"]["by"]
        if not self.granted() <= self.results.keys() or not self.has_data():
            broken.add("collected")
        if by in self.called_back or any(by == collector for collector, _ in self.results.values()):
            broken.add("released_by_another")
        if self.wait not in (None, "awaiting_requester") or self.keeps_only():
            broken.add("not_held")
        self.has_left = True
        return broken

    def wait_started(self, payload, _):
        self.wait = payload["wait"]["kind"]
        return set()

    def wait_ended(self, payload, _):
        payload["ended"]["by"]
        self.wait = None
        return set()

    def redirect_answered(self, payload, _):
        broken = self.gates("approved")
        self.answers.append((self.revision, payload["answer"]["result"]))
        if payload.get("edit") is not None:
            broken |= self.edit(payload["edit"])
            self.void()
        return broken

    def case_closed(self, payload, _):
        broken = self.gates("approved")
        if not self.granted() <= self.results.keys():
            broken.add("collected")
        if self.has_data() and not self.has_left and not self.keeps_only():
            broken.add("released")
        return broken | self.ended(payload, self.outcome())

    def case_withdrawn(self, payload, _):
        is_redirected = self.answer() in REDIRECTED and not self.granted()
        return self.ended(payload, "redirected" if is_redirected else "withdrawn")

    def ended(self, payload, follows):
        self.is_closed = True
        return set() if payload["closing"]["outcome"] == follows else {"outcome_follows"}


def day(micros):
    return datetime.date(1970, 1, 1) + datetime.timedelta(days=micros // 86_400_000_000)


def keep(text):
    count, unit = text.split(" ")
    return int(count), unit.rstrip("s")


def is_over(schedule, ended, on):
    """Whether the time that a schedule gives a case closed so, or papers without one, was over on a day."""
    if schedule is None:
        return False
    (count, unit), told = schedule
    instrument, outcome, closed_on = ended
    covers = (instrument is None) == told.get("papers_without_case", False)
    covers = covers and (not told["instruments"] or instrument in told["instruments"])
    covers = covers and (not told["outcomes"] or outcome in told["outcomes"])
    if unit == "day":
        return covers and closed_on + datetime.timedelta(days=count) <= on
    months = closed_on.year * 12 + closed_on.month - 1 + count * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return covers and datetime.date(year, month + 1, min(closed_on.day, last)) <= on


class Conduct:
    """How people acted."""

    def __init__(self, is_whole):
        self.is_whole, self.cases, self.staff, self.breaches = is_whole, {}, {}, []
        self.alarms, self.erasures, self.holds = {}, {}, {}
        self.next, self.has_gap = 0, False
        self.unsealed, self.papers = set(), {}

    def take(self, entry):
        self.has_gap, self.next = self.has_gap or entry.seq != self.next, entry.seq + 1
        if entry.kind not in GO_SEALED:
            self.unsealed.add(entry.seq)
        if entry.kind == "document.received" and entry.case is not None:
            self.papers.setdefault(entry.case, (day(entry.at), []))[1].append(entry.seq)
        if entry.kind == "payload.erased" and is_sealed(entry.payload):
            named = erased_by(entry.payload, entry.seq)
            if any(seq in self.unsealed for low, high in named for seq in range(low, high + 1)):
                self.breaches.append([entry.seq, "erased_as_approved"])
            return
        if entry.kind not in BY.keys() | STAFF | ERASURES | {"alarm.raised"}:
            return
        try:
            broken = self.judge(entry, json.loads(entry.payload))
        except (ValueError, KeyError, TypeError, AttributeError):
            broken = {"readable"}
        self.breaches += [[entry.seq, rule] for rule in sorted(broken)]

    def judge(self, entry, payload):
        if entry.kind in STAFF:
            roles, is_active = self.staff.get(payload["staff"], (set(), True))
            if entry.kind in ("staff.added", "staff.changed"):
                roles = set(payload["roles"])
            elif payload["staff"] in self.staff:
                is_active = entry.kind == "staff.reactivated"
            else:
                return set()
            self.staff[payload["staff"]] = (roles, is_active)
            return set()
        if entry.kind == "alarm.raised":
            self.alarms[payload["alarm"]] = {}
            return set()
        if entry.kind in ERASURES:
            return self.judge_erasure(entry, payload)
        by = payload[BY[entry.kind]]["by"]
        broken = set() if entry.actor == f"staff:{by}" else {"one_actor"}
        if entry.kind == "alarm.acknowledged":
            self.acknowledge(by, **{key: payload["acknowledgement"][key] for key in ("alarm", "role")})
            return broken
        if entry.kind == "case.opened":
            if entry.case is None or entry.case in self.cases:
                return broken | {"opened_once"}
            self.cases[entry.case] = Case(payload)
            self.unsealed.update(self.papers.pop(entry.case, (None, []))[1])
            return broken
        case = self.cases.get(entry.case)
        if case is None:
            return broken | ({"opened_once"} if self.is_whole or entry.case is None else set())
        roles, is_active = self.staff.get(by, (set(), True))
        is_reviewer = "reviewer" in roles and is_active if self.is_whole else None
        if entry.kind == "production.released" and not case.is_closed and self.alarms:
            broken.add("not_in_alarm")
        broken |= case.take(entry.kind, payload, is_reviewer)
        if case.is_closed and case.closed is None:
            case.closed = (case.paper["instrument"], payload["closing"]["outcome"], day(entry.at))
        return broken

    def judge_erasure(self, entry, payload):
        kind = entry.kind
        if kind == "payload.erased":
            return self.judge_erased(entry, payload)
        if kind == "erasure.passed_over":
            self.end(payload["erasure"], payload["case"])
            return set()
        told = payload["answer"] if kind in ("erasure.approved", "erasure.declined") else payload
        by = told["by"]
        if kind == "hold.placed":
            self.holds.setdefault(entry.case, set()).add(told["hold"])
        elif kind == "hold.lifted":
            for holds in self.holds.values():
                holds.discard(told["hold"])
        elif kind == "erasure.proposed":
            cases = {item["case"]: item.get("schedule") for item in told["items"]}
            schedules = {one["name"]: (keep(one["keep"]), one) for one in told.get("schedules", [])}
            self.erasures[told["erasure"]] = {"by": by, "approved_by": None, "cases": cases, "schedules": schedules}
        elif kind == "erasure.approved":
            roles, is_active = self.staff.get(by, (set(), False))
            pending = self.erasures.get(told["erasure"])
            if pending is not None and (not self.is_whole or is_active and "reviewer" in roles):
                pending["approved_by"] = by if by != pending["by"] else None
        else:
            self.erasures.pop(told["erasure"], None)
        return set() if entry.actor == f"staff:{by}" else {"one_actor"}

    def judge_erased(self, entry, payload):
        broken, name, schedule = set(), payload["case"], payload.get("schedule")
        # What comes from outside of the part comes without what led to it.
        is_known = self.is_whole and not self.has_gap
        told = (payload["proposed_by"], payload["approved_by"])
        pending, case = self.erasures.get(payload["erasure"]), self.cases.get(entry.case)
        if pending is not None and pending["approved_by"] is None and not is_known:
            pending = None
        if pending is None:
            is_approved = not is_known
        else:
            is_approved = (pending["by"], pending["approved_by"]) == told and name in pending["cases"]
            is_approved = is_approved and pending["cases"][name] == schedule
        if not is_approved or name != entry.case:
            broken.add("erased_as_approved")
        ended, (arrived_on, _) = case.closed if case else None, self.papers.pop(entry.case, (None, []))
        if case is None and arrived_on is not None and is_known:
            ended = (None, None, arrived_on)
        if ended is None:
            is_due = not is_known
        elif schedule is None:
            is_due = ended[0] is not None
        else:
            is_due = pending is None or is_over(pending["schedules"].get(schedule), ended, day(entry.at))
        if not is_due or is_known and self.holds.get(entry.case):
            broken.add("erased_when_due")
        self.end(payload["erasure"], name)
        return broken

    def end(self, erasure, case):
        pending = self.erasures.get(erasure)
        if pending is not None:
            pending["cases"].pop(case, None)
            if not pending["cases"]:
                del self.erasures[erasure]

    def acknowledge(self, by, alarm, role):
        given = self.alarms.get(alarm)
        if given is None:
            return
        roles, is_active = self.staff.get(by, (set(), False))
        holds = not self.is_whole or is_active and role in roles
        if role in ACKNOWLEDGED_BY and holds and by not in given.values():
            given.setdefault(role, by)
        if len(given) == 2:
            del self.alarms[alarm]


def main(bundle, key, *kept):
    keys = [trusted(line.strip()) for line in open(key, encoding="utf-8") if line.strip()]
    kept = [open(file, encoding="utf-8").read() for file in kept]
    log, conduct = Log(keys, kept), None
    try:
        with open(bundle, "rb") as file:
            for tag, body in records(file):
                entry = log.take(tag, body)
                if conduct is None and log.header and log.header["payloads"] != "none":
                    conduct = Conduct(log.header["first"] == 0 and log.header["end"] > 0)
                if entry is not None and conduct is not None:
                    conduct.take(entry)
        log.finish()
    except Unsound as why:
        print(json.dumps({"log": str(why)}))
        return 2
    breaches = conduct.breaches if conduct else None
    print(json.dumps({"log": "sound", "entries": log.edge.size - log.header["first"], "breaches": breaches}))
    return 3 if breaches else 0


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except (OSError, ValueError, TypeError, Unsound) as error:
        print(f"verify.py: {error}", file=sys.stderr)
        sys.exit(1)
