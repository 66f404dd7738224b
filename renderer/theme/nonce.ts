/**
 * The one-time word that lets this page's own style elements pass the policy; empty where the page was served without
 * one. Read from the property: browsers hide the attribute.
 */
export function styleNonce(): string {
  const meta = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]');
  return meta?.nonce ?? "";
}
