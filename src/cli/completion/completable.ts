/** What a shell may offer in a place: given words, files, folders, or nothing for a value that it cannot know. */
export type Takes = readonly string[] | "file" | "folder" | "value";

/** A command as shells complete it. */
export interface Completable {
  readonly name: string;
  readonly says: string;
  readonly options: readonly { readonly name: string; readonly says: string; readonly takes: Takes | null }[];
  readonly takes: readonly Takes[];
}
