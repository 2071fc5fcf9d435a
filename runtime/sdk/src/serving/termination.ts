/** Seconds from SIGTERM to SIGKILL. A dying process tells the server about its run for up to ten. */
export const TERM_SECONDS = 12;
