// Where the numbered evidence of a finding is to be seen within a row's details.
import type { Evidence, Finding } from '../../host/rpc';

export interface Numbers {
  line(index: number): number | undefined;
  header(name: string): number | undefined;
  status?: number;
  body?: number;
  frame?: number;
}

export function numbersOf(finding: Finding | undefined): Numbers {
  const evidence = finding?.evidence ?? [];
  const find = (fits: (e: Evidence) => boolean) => {
    const i = evidence.findIndex(fits);
    return i < 0 ? undefined : i + 1;
  };
  return {
    line: (index) => find(({ place }) => place.kind === 'line' && place.index === index),
    header: (name) =>
      find(({ place }) => place.kind === 'header' && place.name.toLowerCase() === name.toLowerCase()),
    status: find(({ place }) => place.kind === 'status'),
    body: find(({ place }) => place.kind === 'body'),
    frame: find(({ place }) => place.kind === 'frame'),
  };
}

/** The words of a place, as the link at the verdict says them. */
export function placeWords({ place }: Evidence): string {
  switch (place.kind) {
    case 'line':
      return `Log line ${place.index + 1}`;
    case 'status':
      return 'Status';
    case 'header':
      return place.name;
    case 'body':
      return 'Response body';
    case 'frame':
      return 'The frame';
    case 'config':
      return place.path;
    case 'clock':
      return 'The clock';
    case 'message':
      return 'The message';
    case 'end':
      return 'How it ended';
    case 'phase':
      return 'The handshake';
    case 'deployed':
      return 'What is deployed';
    case 'beside':
      return place.logGroup;
    case 'probe':
      return place.name;
  }
}
