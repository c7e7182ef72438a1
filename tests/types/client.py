"""Another client: reads what ours wrote, compares it with what ours says of it, and writes it again.

Arguments: the folder with the package, the address and port of a node, the keyspace.
"""

import ipaddress
import math
import struct
import sys
from datetime import datetime, timedelta

folder, address, port, keyspace = sys.argv[1:]
sys.path.insert(0, folder)

from cassandra.cluster import Cluster  # noqa: E402

EPOCH = datetime(1970, 1, 1)
VECTOR = "org.apache.cassandra.db.marshal.VectorType"


def plain(t, value):
    """The value as `plain.rs` says it."""
    if value is None:
        return "null"
    name, inner = t.typename, getattr(t, "subtypes", ())
    if name == "frozen":
        return plain(inner[0], value)
    if name == VECTOR:
        return "[%s]" % ", ".join(plain(t.subtype, item) for item in value)
    if name == "list":
        return "[%s]" % ", ".join(plain(inner[0], item) for item in value)
    if name == "set":
        return "{%s}" % ", ".join(sorted({plain(inner[0], item) for item in value}))
    if name == "map":
        pairs = ["%s: %s" % (plain(inner[0], k), plain(inner[1], v)) for k, v in value.items()]
        return "{%s}" % ", ".join(sorted(pairs))
    if inner:  # A tuple or a UDT.
        assert len(inner) == len(value), (t, value)
        return "(%s)" % ", ".join(plain(t, item) for t, item in zip(inner, value))
    return SCALARS[name](value)


def plain_float(value):
    return "float nan" if math.isnan(value) else "float " + struct.pack(">d", value).hex()


def plain_decimal(value):
    sign, digits, exponent = value.as_tuple()
    unscaled = int("".join(map(str, digits)))
    return "decimal %d %d" % (-unscaled if sign else unscaled, -exponent)


SCALARS = {
    **dict.fromkeys(["ascii", "text", "varchar"], lambda v: "text " + v.encode().hex()),
    **dict.fromkeys(["tinyint", "smallint", "int", "bigint", "varint", "uuid", "timeuuid"], str),
    **dict.fromkeys(["float", "double"], plain_float),
    "blob": lambda v: "blob " + v.hex(),
    "boolean": lambda v: str(v).lower(),
    "date": lambda v: "date %d" % v.days_from_epoch,
    "decimal": plain_decimal,
    "duration": lambda v: "duration %d %d %d" % (v.months, v.days, v.nanoseconds),
    "inet": lambda v: "inet " + ipaddress.ip_address(v).packed.hex(),
    "time": lambda v: "time %d" % v.nanosecond_time,
    "timestamp": lambda v: "timestamp %d" % ((v - EPOCH) // timedelta(milliseconds=1)),
}


def main(session):
    said = {}
    for place, n, text in session.execute("SELECT place, n, plain FROM plain"):
        said.setdefault(place, []).append((n, text))
    wrong, seen = [], 0
    for column, rows in said.items():
        select = session.prepare(f"SELECT {column} FROM t WHERE place = ? AND n = ?")
        insert = session.prepare(f"INSERT INTO t (place, n, {column}) VALUES (?, ?, ?)")
        reads = [session.execute_async(select, (column + " bound", n)) for n, _ in rows]
        writes = []
        for (n, text), future in zip(rows, reads):
            try:
                result = future.result()
                [value] = result.one()
                read = plain(result.column_types[0], value)
                if read != text:
                    wrong.append(f"{column} {n}: ours says {text[:300]}, here it is {read[:300]}")
                writes.append(session.execute_async(insert, (column + " python", n, value)))
            except Exception as error:
                wrong.append(f"{column} {n}: {text[:300]}: {type(error).__name__}: {error}")
        for future in writes:
            future.result()
        seen += len(writes)
    print(f"{seen} values")
    if wrong:
        sys.exit(f"{len(wrong)} values differ:\n" + "\n".join(wrong[:40]))


cluster = Cluster([address], port=int(port))
try:
    main(cluster.connect(keyspace))
finally:
    cluster.shutdown()
