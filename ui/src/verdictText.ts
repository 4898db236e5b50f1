// A verdict as Markdown, to paste into an issue, and what became of its cause. Pure.
import type { Evidence, Finding } from './host/rpc';
import { visible } from './format';
import { confidenceWord } from './words';

/** Where a piece of evidence was seen, as somebody elsewhere can find it. */
function where({ place }: Evidence): string {
  switch (place.kind) {
    case 'config':
      return `configuration, ${place.path}`;
    case 'line':
      return `execution log, line ${place.index + 1}`;
    case 'header':
      return `header ${place.name}`;
    case 'beside':
      return `log group ${place.logGroup}`;
    case 'probe':
      return place.name;
    case 'status':
    case 'body':
      return 'the answer';
    case 'frame':
      return 'the frame that came back';
    case 'message':
      return 'the message';
    case 'end':
      return 'how it ended';
    case 'phase':
      return 'the handshake';
    case 'deployed':
      return 'what the stage serves';
    case 'clock':
      return 'the clock';
  }
}

/** Foreign words stand in it, so that they are taken for no markup. */
const plain = (text: string) => visible(text).replace(/([\\`*_{}[\]<>#|])/g, '\\$1');

/** Title, reason, evidence, the field of the configuration, what to do, and where AWS writes about it. */
export function verdictText(finding: Finding): string {
  return [
    `### ${plain(finding.title)}`,
    '',
    plain(finding.reason),
    '',
    `**Cause:** \`${finding.cause}\` (${confidenceWord[finding.confidence]})`,
    '',
    ...finding.evidence.map((e, i) => `${i + 1}. ${plain(e.text)} (${plain(where(e))})`),
    ...(finding.evidence.length > 0 ? [''] : []),
    `**Fix:** ${plain(finding.since ?? finding.fix)}`,
    ...(finding.doc ? ['', `**AWS:** <${finding.doc}>`] : []),
  ].join('\n');
}

/** By a deployment, or by a change that needed none. */
export const fixedWords = (fixedBy: string) => (fixedBy ? `fixed in deployment ${fixedBy}` : 'fixed');
