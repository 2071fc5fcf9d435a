import { type ArtifactCollection, type Artifact, formatTimestamp } from "@sluice/schemas";

export function presentArtifact(artifact: Artifact | ArtifactCollection) {
  return {
    id: artifact.id,
    created: formatTimestamp(artifact.created),
    updated: formatTimestamp(artifact.updated),
    key: artifact.key,
    type: artifact.type,
    description: artifact.description,
    data: artifact.data,
    metadata_: artifact.metadata_,
    flow_run_id: artifact.flow_run_id,
    task_run_id: artifact.task_run_id,
  };
}

export function presentArtifactCollection(collection: ArtifactCollection) {
  return { ...presentArtifact(collection), latest_id: collection.latest_id };
}
