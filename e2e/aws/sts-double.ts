import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/* AWS's Security Token Service over a real socket, as far as Earmark speaks it: who the credentials belong to. */

/** STS, with its end. */
export interface StsDouble {
  readonly url: string;
  /** Whether it knows the caller; otherwise the token counts as expired. Change it at will. */
  knows: boolean;
  close(): Promise<void>;
}

/** Starts STS on a free port of this machine. */
export async function startStsDouble(): Promise<StsDouble> {
  const space = `xmlns="https://sts.amazonaws.com/doc/2011-06-15/"`;
  const arn = "arn:aws:sts::111122223333:assumed-role/reviewer/me";
  const known = `<GetCallerIdentityResult><Arn>${arn}</Arn><Account>111122223333</Account></GetCallerIdentityResult>`;
  const expired = "<Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>The token has expired.</Message></Error>";
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(double.knows ? 200 : 403, { "content-type": "text/xml" });
    response.end(
      double.knows
        ? `<GetCallerIdentityResponse ${space}>${known}</GetCallerIdentityResponse>`
        : `<ErrorResponse ${space}>${expired}</ErrorResponse>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const double: StsDouble = {
    url: `http://127.0.0.1:${port}`,
    knows: true,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return double;
}
