// Where the numbered evidence of a finding is to be seen within a row's details.
import type { Evidence, Finding } from '../../host/rpc';
import type { Screen } from '../../state/app.svelte';

export interface Numbers {
  line(index: number): number | undefined;
  header(name: string): number | undefined;
  status?: number;
  body?: number;
  frame?: number;
  message?: number;
  end?: number;
  phase?: number;
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
    message: find(({ place }) => place.kind === 'message'),
    end: find(({ place }) => place.kind === 'end'),
    phase: find(({ place }) => place.kind === 'phase'),
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

const screens: Record<string, Screen> = {
  Stages: 'stages',
  Integrations: 'integrations',
  Authorizers: 'authorizers',
  Models: 'models',
  Deployments: 'deployments',
  API: 'apis',
  'API keys': 'access',
  'Usage plans': 'access',
  'VPC links': 'links',
};

/** The screen of a place in the configuration, where the place is of no route. */
export const screenOfPath = (path: string): Screen | undefined => screens[path.split('›')[0]?.trim() ?? ''];
