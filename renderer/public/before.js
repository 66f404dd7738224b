// The page's policy forbids making code from text. Zod would try it once to see, which the policy reports as an attack:
// told beforehand, it does not. This has to run before any module, so it is a script of its own.
globalThis.__zod_globalConfig = { jitless: true };
