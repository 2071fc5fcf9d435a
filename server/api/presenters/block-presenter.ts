import { formatTimestamp } from "@sluice/schemas";
import type { FullBlockDocument, NestedBlockDocument } from "../../commands/block-document-reads.ts";
import type { FullBlockSchema } from "../../commands/block-schemas.ts";
import type { BlockType } from "../../store/block-types.ts";

export function presentBlockType(type: BlockType) {
  return {
    id: type.id,
    created: formatTimestamp(type.created),
    updated: formatTimestamp(type.updated),
    name: type.name,
    slug: type.slug,
    logo_url: type.logo_url,
    documentation_url: type.documentation_url,
    description: type.description,
    code_example: type.code_example,
    is_protected: type.is_protected,
  };
}

export function presentBlockSchema(schema: FullBlockSchema) {
  return {
    id: schema.id,
    created: formatTimestamp(schema.created),
    updated: formatTimestamp(schema.updated),
    checksum: schema.checksum,
    fields: schema.fields,
    block_type_id: schema.block_type_id,
    block_type: schema.block_type && presentBlockType(schema.block_type),
    capabilities: schema.capabilities,
    version: schema.version,
  };
}

export function presentBlockDocument(full: FullBlockDocument) {
  const { document, data, block_schema, block_type } = full;
  return {
    id: document.id,
    created: formatTimestamp(document.created),
    updated: formatTimestamp(document.updated),
    name: document.name,
    data,
    block_schema_id: document.block_schema_id,
    block_schema: block_schema && presentBlockSchema(block_schema),
    block_type_id: document.block_type_id,
    block_type_name: document.block_type_name,
    block_type: block_type && presentBlockType(block_type),
    block_document_references: presentReferences(full),
    is_anonymous: document.is_anonymous,
  };
}

function presentReferences({ references }: NestedBlockDocument): Record<string, Record<string, unknown>> {
  const shown = [...references].map(([name, nested]) => [name, { block_document: presentNested(nested) }]);
  return Object.fromEntries(shown) as Record<string, Record<string, unknown>>; // entries lose their types
}

function presentNested(nested: NestedBlockDocument) {
  const { document, block_type } = nested;
  return {
    id: document.id,
    name: document.name,
    block_type: block_type && presentBlockType(block_type),
    is_anonymous: document.is_anonymous,
    block_document_references: presentReferences(nested),
  };
}
