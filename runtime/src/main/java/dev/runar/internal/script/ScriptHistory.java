package dev.runar.internal.script;

/**
 * What has become of a script.
 *
 * @param state where it is in its life
 * @param deaths of its contexts
 * @param restarts that succeeded
 * @param lastDeath why; empty when there was none
 */
record ScriptHistory(State state, long deaths, long restarts, String lastDeath) {
  /** Where a script is in its life. */
  enum State {
    /** Its first load is not over. */
    LOADING,
    RUNNING,
    /** Its context has died and another is being made. */
    RESTARTING,
    /** It has died too often; another try is made later. */
    AWAY,
    /** It has died and stays away, or the node stops. */
    ENDED
  }
}
