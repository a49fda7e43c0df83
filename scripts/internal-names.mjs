/**
 * Names of properties that only the package's own modules use. In dist they are short: no bundler of a page can tell
 * that nobody else uses them. A test holds that each is used inside the package alone, is none of a platform's, and
 * that no public class or interface has it; what it can't see is a name that is made up as text.
 */
export const internalNames = `
  pos framing begun readBody settled phase reported readHead takeRest linger bodyEnded declaredLength
  weather flushSoon responseEnded shutDown sweep awaitBody contentLength maxCount transferEncoding bodyWanted
  clientLost dateLine isAt knownHead maxBytes maxLineBytes nextHead setFull takeAll toHead tooLarge watchdog
  addContentType ascii answering cancelSource turnAway clientEnded bodyTimedOut checkDeadlines
  connectionClosed drainOwed exchangeEnded expectsContinue expire headOfKnownFields onIdle peerEnded poolFor
  satisfied streamStarting writtenAt directionEnded letGo
  aborter madeHeaders madeUrl breaksAfter`
  .trim()
  .split(/\s+/);

/** The letters of short names, those first that minified code has most of. */
const LETTERS = [..."tesirnohadculfgwvmpybxkEASTCDIMOLPRNFBHUVGWJKXYZ"];

/**
 * esbuild's options. The same name is the same short one in every build, as parts of two may meet: one letter for
 * those at the front, two for the others.
 */
export const shortNames = {
  mangleProps: new RegExp(`^(?:${internalNames.join("|")})$`),
  mangleCache: Object.fromEntries(
    internalNames.map((name, i) => [
      name,
      `${LETTERS[i - LETTERS.length] ? "_" : ""}${LETTERS[i % LETTERS.length]}`,
    ]),
  ),
};
