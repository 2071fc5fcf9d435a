"""The bare wire of blocks: steps as in wire.py. What they make is deleted again, so that they can be played twice.

Left out is where Prefect fails or loses something: an unknown type (500), a mask for a secret that is new (500), references
that a merging change does not name (dropped), and secrets that are objects (shown).
"""

from typing import Any

EVENTS = "EVENTS"
UNKNOWN = "00000000-0000-4000-8000-00000000dead"

Step = tuple[str, str, str, Any]

INNER = {"title": "WireInner", "type": "object", "block_type_slug": "wire-inner", "secret_fields": ["s", "h.*"],
         "properties": {"a": {"type": "number", "default": 1.0}, "s": {"type": "string"}}}
OUTER = {"title": "WireOuter", "type": "object", "block_type_slug": "wire-outer", "secret_fields": ["own.key"],
         "properties": {"child": {"$ref": "#/definitions/WireInner"}, "either": {"anyOf": [
             {"$ref": "#/definitions/WireInner"}, {"$ref": "#/definitions/WireOther"}]}, "level": {"$ref": "#/definitions/Level"}},
         "definitions": {"WireInner": INNER, "WireOther": {"title": "WireOther", "block_type_slug": "wire-other", "é": [1e-7, 1e16, 2**70]},
                         "Level": {"title": "Level", "enum": ["x", "y"]}, "Unused": {"title": "Unused"}, "Empty": {}}}
REFERENCES = {"child": {"block_type_slug": "wire-inner", "block_schema_checksum": "$inner.checksum"},
              "either": [{"block_type_slug": "wire-inner", "block_schema_checksum": "$inner.checksum"},
                         {"block_type_slug": "wire-other", "block_schema_checksum": "sha256:not-there-yet"}]}


def block(name: Any, of: str, schema: str, data: Any, **rest: Any) -> dict[str, Any]:
    return {"name": name, "data": data, "block_type_id": f"${of}.id", "block_schema_id": f"${schema}.id", **rest}


def ref(name: str) -> dict[str, Any]:
    return {"$ref": {"block_document_id": f"${name}.id"}}


BLOCKS: list[Step] = [
    ("t_inner", "POST", "/block_types/", {"name": "Wire Inner", "slug": "wire-inner", "description": "a <b> & \"c\"",
                                          "code_example": "x < 1", "logo_url": "http://logo", "documentation_url": "http://docs"}),
    ("t_outer", "POST", "/block_types/", {"name": "Wire Outer", "slug": "wire-outer"}),
    ("t_again", "POST", "/block_types/", {"name": "Wire Again", "slug": "wire-inner"}),
    ("t_reserved", "POST", "/block_types/", {"name": "pReFecT thing", "slug": "wire-p"}),
    ("t_bad_slug", "POST", "/block_types/", {"name": "Wire", "slug": "Wire Inner"}),
    ("t_bad_name", "POST", "/block_types/", {"name": "Wire <x>", "slug": "wire"}),
    ("t_missing", "POST", "/block_types/", {}),
    ("t_extra", "POST", "/block_types/", {"name": "Wire", "slug": "wire", "is_protected": True}),
    ("t_read", "GET", "/block_types/$t_inner.id", None),
    ("t_by_slug", "GET", "/block_types/slug/wire-inner", None),
    ("t_unknown", "GET", f"/block_types/{UNKNOWN}", None),
    ("t_unknown_slug", "GET", "/block_types/slug/wire-nobody", None),
    ("t_filter", "POST", "/block_types/filter", {"block_types": {"name": {"like_": "WIRE"}}}),
    ("t_filter_slug", "POST", "/block_types/filter", {"block_types": {"slug": {"any_": ["wire-outer", "no"]}}, "limit": 1}),
    ("t_filter_bad", "POST", "/block_types/filter", {"block_types": {"operator": "or_"}}),
    ("t_patch_same", "PATCH", "/block_types/$t_inner.id", {"description": "a <b> & \"c\"", "code_example": "x < 1",
                                                          "logo_url": "http://logo", "documentation_url": "http://docs"}),
    ("t_patch", "PATCH", "/block_types/$t_outer.id", {"description": "<changed>"}),
    ("t_patched", "GET", "/block_types/$t_outer.id", None),
    ("t_patch_extra", "PATCH", "/block_types/$t_outer.id", {"slug": "other"}),
    ("t_patch_unknown", "PATCH", f"/block_types/{UNKNOWN}", {}),
    ("inner", "POST", "/block_schemas/", {"fields": INNER, "block_type_id": "$t_inner.id", "capabilities": ["wire-b", "wire-a"]}),
    ("inner_again", "POST", "/block_schemas/", {"fields": {**INNER, "secret_fields": []}, "block_type_id": "$t_inner.id"}),
    ("inner_versioned", "POST", "/block_schemas/", {"fields": INNER, "block_type_id": "$t_inner.id", "version": "2"}),
    ("no_type", "POST", "/block_schemas/", {"fields": INNER, "block_type_id": UNKNOWN}),
    ("no_nested_type", "POST", "/block_schemas/", {"fields": {**OUTER, "block_schema_references": REFERENCES}, "block_type_id": "$t_outer.id"}),
    ("t_other", "POST", "/block_types/", {"name": "Wire Other", "slug": "wire-other"}),
    ("outer", "POST", "/block_schemas/", {"fields": {**OUTER, "block_schema_references": REFERENCES}, "block_type_id": "$t_outer.id"}),
    ("outer_read", "GET", "/block_schemas/$outer.id", None),
    ("outer_by_checksum", "GET", "/block_schemas/checksum/$outer.checksum", None),
    ("inner_newest", "GET", "/block_schemas/checksum/$inner.checksum", None),
    ("inner_of_version", "GET", "/block_schemas/checksum/$inner.checksum?version=non-versioned", None),
    ("checksum_unknown", "GET", "/block_schemas/checksum/sha256:0", None),
    ("s_unknown", "GET", f"/block_schemas/{UNKNOWN}", None),
    ("s_bad", "POST", "/block_schemas/", {"fields": [], "block_type_id": "x"}),
    ("s_filter", "POST", "/block_schemas/filter", {"block_schemas": {"block_type_id": {"any_": ["$t_inner.id"]}}}),
    ("s_filter_able", "POST", "/block_schemas/filter", {"block_schemas": {"block_capabilities": {"all_": ["wire-a"]}}}),
    ("s_filter_version", "POST", "/block_schemas/filter",
     {"block_schemas": {"version": {"any_": ["2"]}, "block_type_id": {"any_": ["$t_inner.id"]}}}),
    ("t_filter_able", "POST", "/block_types/filter", {"block_schemas": {"block_capabilities": {"all_": ["wire-b"]}}}),
    ("leaf", "POST", "/block_documents/", block("wire-leaf", "t_inner", "inner",
     {"a": 1.5, "s": "hush", "h": {"x": "1", "y": None, "z": {}}, "t": "text", "big": 2**70, "é": [1, "é"]})),
    ("leaf_again", "POST", "/block_documents/", block("wire-leaf", "t_inner", "inner", {})),
    ("tree", "POST", "/block_documents/", block("wire-tree", "t_outer", "outer", {"child": ref("leaf"), "own": {"key": "hush", "n": 1}, "t": "text"})),
    ("anonymous", "POST", "/block_documents/", block("wire-anonymous", "t_inner", "inner", {"a": 2}, is_anonymous=True)),
    ("no_name", "POST", "/block_documents/", {"data": {}, "block_type_id": "$t_inner.id", "block_schema_id": "$inner.id"}),
    ("bad_name", "POST", "/block_documents/", block("Wire Doc", "t_inner", "inner", {})),
    ("bad_data", "POST", "/block_documents/", block("wire-x", "t_inner", "inner", [])),
    ("extra", "POST", "/block_documents/", block("wire-x", "t_inner", "inner", {}, x=1)),
    ("no_schema", "POST", "/block_documents/", {**block("wire-x", "t_inner", "inner", {}), "block_schema_id": UNKNOWN}),
    ("ref_empty", "POST", "/block_documents/", block("wire-x", "t_inner", "inner", {"c": {"$ref": {}}})),
    ("ref_bad_status", "POST", "/block_documents/", block("wire-x", "t_inner", "inner", {"c": {"$ref": {"block_document_id": "x"}}})),
    ("ref_unknown", "POST", "/block_documents/", block("wire-x", "t_inner", "inner", {"c": {"$ref": {"block_document_id": UNKNOWN}}})),
    ("tree_read", "GET", "/block_documents/$tree.id", None),
    ("tree_secrets", "GET", "/block_documents/$tree.id?include_secrets=true", None),
    ("by_name", "GET", "/block_types/slug/wire-inner/block_documents/name/wire-leaf", None),
    ("by_name_secrets", "GET", "/block_types/slug/wire-inner/block_documents/name/wire-leaf?include_secrets=true", None),
    ("by_name_anonymous", "GET", "/block_types/slug/wire-inner/block_documents/name/wire-anonymous", None),
    ("by_name_unknown", "GET", "/block_types/slug/wire-inner/block_documents/name/nobody", None),
    ("of_type", "GET", "/block_types/slug/wire-inner/block_documents", None),
    ("of_unknown_type", "GET", "/block_types/slug/wire-nobody/block_documents", None),
    ("bad_flag_status", "GET", "/block_documents/$tree.id?include_secrets=perhaps", None),
    ("unknown", "GET", f"/block_documents/{UNKNOWN}", None),
    ("filter", "POST", "/block_documents/filter", {"block_types": {"slug": {"any_": ["wire-inner", "wire-outer"]}}, "sort": "NAME_DESC"}),
    ("filter_secrets", "POST", "/block_documents/filter", {"block_documents": {"name": {"like_": "WIRE-T"}}, "include_secrets": True}),
    ("filter_all", "POST", "/block_documents/filter", {"block_documents": {"is_anonymous": None, "name": {"like_": "wire-"}},
                                                      "sort": "BLOCK_TYPE_AND_NAME_ASC", "limit": 2, "offset": 1}),
    ("filter_anonymous", "POST", "/block_documents/filter", {"block_documents": {"is_anonymous": {"eq_": True}, "block_type_id": {"any_": ["$t_inner.id"]}}}),
    ("filter_able", "POST", "/block_documents/filter", {"block_schemas": {"block_capabilities": {"all_": ["wire-a", "wire-b"]}}}),
    ("filter_bad_sort", "POST", "/block_documents/filter", {"sort": "SIDEWAYS"}),
    ("filter_limit", "POST", "/block_documents/filter", {"limit": 201}),
    ("count", "POST", "/block_documents/count", {"block_types": {"name": {"like_": "wire "}}}),
    ("count_null", "POST", "/block_documents/count", {"block_documents": {"is_anonymous": None, "name": {"any_": ["wire-anonymous"]}}}),
    ("patch_mask", "PATCH", "/block_documents/$leaf.id", {"data": {"s": "********", "h": {"x": "********", "y": "new"}, "t": "changed"}}),
    ("patched", "GET", "/block_documents/$leaf.id?include_secrets=true", None),
    ("patch_nested_mask", "PATCH", "/block_documents/$tree.id", {"data": {"own": {"key": "********", "n": 2}, "child": ref("leaf")}}),
    ("patched_nested", "GET", "/block_documents/$tree.id?include_secrets=true", None),
    ("patch_version", "PATCH", "/block_documents/$leaf.id", {"data": {}, "block_schema_id": "$inner_versioned.id"}),
    ("patched_version", "GET", "/block_documents/$leaf.id", None),
    ("patch_other_type", "PATCH", "/block_documents/$leaf.id", {"data": {}, "block_schema_id": "$outer.id"}),
    ("patch_circle", "PATCH", "/block_documents/$leaf.id", {"data": {"up": ref("tree")}}),
    ("patch_itself", "PATCH", "/block_documents/$leaf.id", {"data": {"self": ref("leaf")}}),
    ("patch_replace", "PATCH", "/block_documents/$leaf.id", {"data": {"s": "new"}, "merge_existing_data": False}),
    ("patch_null", "PATCH", "/block_documents/$leaf.id", {"data": None}),
    ("patch_name", "PATCH", "/block_documents/$leaf.id", {"name": "other"}),
    ("patch_nothing", "PATCH", "/block_documents/$leaf.id", {}),
    ("patched_again", "GET", "/block_documents/$leaf.id?include_secrets=true", None),
    ("patch_empty", "PATCH", "/block_documents/$leaf.id", {"merge_existing_data": False}),
    ("patch_unknown", "PATCH", f"/block_documents/{UNKNOWN}", {"data": {}}),
    ("emptied", "GET", "/block_documents/$leaf.id?include_secrets=true", None),
    ("storage_unable", "PUT", "/admin/storage", {"default_result_storage_block_id": "$leaf.id"}),
    ("storage_unknown", "PUT", "/admin/storage", {"default_result_storage_block_id": UNKNOWN}),
    ("delete", "DELETE", "/block_documents/$leaf.id", None),
    ("delete_again", "DELETE", "/block_documents/$leaf.id", None),
    ("tree_alone", "GET", "/block_documents/$tree.id", None),
    ("delete_schema", "DELETE", "/block_schemas/$outer.id", None),
    ("delete_schema_again", "DELETE", "/block_schemas/$outer.id", None),
    ("tree_gone", "GET", "/block_documents/$tree.id", None),
    ("secret_type_status", "GET", "/block_types/slug/secret", None),
    ("delete_protected", "DELETE", "/block_types/$secret_type_status.id", None),
    ("install", "POST", "/block_types/install_system_block_types", None),
    *((f"delete_{name}", "DELETE", f"/block_types/$t_{name}.id", None) for name in ("inner", "outer", "other")),
    ("delete_type_again", "DELETE", "/block_types/$t_inner.id", None),
    ("events_type", EVENTS, "prefect.block-type.$t_inner.id", 2),
    ("events_leaf", EVENTS, "prefect.block-document.$leaf.id", 6),
    ("events_tree", EVENTS, "prefect.block-document.$tree.id", 2),
]
