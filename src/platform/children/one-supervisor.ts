/**
 * Number of the advisory lock that one supervisor holds on its embedded database; a restore too, so that nothing starts
 * meanwhile.
 */
export const ONE_SUPERVISOR = 4_207_002
