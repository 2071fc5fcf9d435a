"""Writes the golden checksums of block schemas: fields as JSON text, and what the stock package computes of them.

usage: checksum_goldens.py OUTPUT.json
"""

import json
import sys
from pathlib import Path

from prefect.blocks.core import Block

PLAIN = {"title": "Level", "type": "string", "enum": ["high", "low"]}
NESTED = {"title": "Nested", "type": "object", "properties": {"level": {"$ref": "#/definitions/Level"}}}
BLOCK = {"title": "Inner", "type": "object", "block_type_slug": "inner", "properties": {"p": {"$ref": "#/definitions/Point"}}}

FIELDS = {
    "nothing": "{}",
    "keys in any order, and like whole numbers": '{"b": 1, "a": 2, "10": 3, "9": 4, "B": 5, "": 6}',
    "keys beyond the basic plane": '{"\\uff5e": 1, "😀": 2, "é": 3, "z": 4}',
    "text of every kind": json.dumps({"t": "é😀\u2028\x7f\x00\b\f\n\r\t\"\\/ <&>"}),
    "floats": '{"list": [1.0, 1, -0, -0.0, 0.1, 1e5, 1E400, -1e400, 1e16, 1.5e-5, 0.0001, 123456789012345.6, 5e-324, 1e-7, 2.50, 1e22, 1e15]}',
    "whole numbers of any length": '{"n": [12345678901234567890, -9007199254740993, 9007199254740993]}',
    "literals": '{"a": [true, false, null, [], {}, [[]]]}',
    "secrets in objects, not in lists": '{"secret_fields": ["a"], "x": {"secret_fields": ["b"], "y": 1}, "l": [{"secret_fields": ["c"]}]}',
    "definitions of plain objects": json.dumps(
        {"properties": {"n": {"$ref": "#/definitions/Nested"}}, "definitions": {"Nested": NESTED, "Level": PLAIN, "Unused": PLAIN}}),
    "definitions of blocks": json.dumps({"properties": {"i": {"$ref": "#/definitions/Inner"}}, "definitions": {"Inner": BLOCK}}),
    "plain definitions that a block needs": json.dumps(
        {"properties": {"i": {"$ref": "#/definitions/Inner"}}, "definitions": {"Inner": BLOCK, "Point": PLAIN}}),
    "an empty definition, and none": json.dumps(
        {"properties": {"j": {"$ref": "#/definitions/Anything"}, "k": {"$ref": "#/definitions/Gone"}}, "definitions": {"Anything": {}}}),
    "no definitions": '{"definitions": {}, "title": "t"}',
    "references": '{"block_schema_references": {"i": {"block_type_slug": "inner", "block_schema_checksum": "sha256:0"}}}',
}


def main(output: str) -> None:
    goldens = [
        {"name": name, "fields": text, "checksum": Block._calculate_schema_checksum(json.loads(text))}
        for name, text in FIELDS.items()
    ]
    Path(output).write_text(json.dumps(goldens, indent=2) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
