/** A setting or a settings file that can't be used; the message names it and says what was expected. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}
