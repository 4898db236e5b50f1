// Which columns the rows of each view have room for. Pure.
import type { BookRow, View } from '../../host/rpc';

export interface Column {
  id: string;
  name: string;
  /** A track of a CSS grid. */
  track: string;
  num?: boolean;
  /** The list is at least so wide. */
  from?: number;
}

const requests: Column[] = [
  { id: 'mark', name: '', track: '12px' },
  { id: 'time', name: 'Time', track: '92px' },
  { id: 'route', name: 'Route', track: 'minmax(96px, 1.2fr)' },
  { id: 'status', name: 'Status', track: '44px', num: true },
  { id: 'split', name: 'Gateway and integration', track: '104px', from: 820 },
  { id: 'total', name: 'Total', track: '60px', num: true },
  { id: 'said', name: 'What it says', track: 'minmax(80px, 3fr)', from: 400 },
  { id: 'run', name: 'Function', track: 'minmax(120px, 1.8fr)', from: 1000 },
  { id: 'connection', name: 'Connection', track: '112px', from: 600 },
  { id: 'id', name: 'Request id', track: '124px', from: 1000 },
  { id: 'lines', name: 'Lines', track: '40px', num: true, from: 1000 },
];
const lines: Column[] = [
  { id: 'time', name: 'Time', track: '92px' },
  { id: 'source', name: 'Source', track: '92px', from: 400 },
  { id: 'id', name: 'Request', track: '88px', from: 760 },
  { id: 'text', name: 'Line', track: 'minmax(0, 1fr)' },
];
const connections: Column[] = [
  { id: 'mark', name: '', track: '12px' },
  { id: 'time', name: 'Since', track: '92px' },
  { id: 'connection', name: 'Connection', track: 'minmax(122px, 1fr)' },
  { id: 'who', name: 'Who', track: 'minmax(80px, 2.2fr)', from: 640 },
  { id: 'lasted', name: 'Lasted', track: '84px', num: true, from: 500 },
  { id: 'messages', name: 'Messages', track: '62px', num: true, from: 440 },
  { id: 'pushes', name: 'Pushes', track: '52px', num: true, from: 760 },
  { id: 'failures', name: 'Failed', track: '46px', num: true },
  { id: 'end', name: 'End', track: 'minmax(84px, 1.4fr)', from: 560 },
];

/** What people look for first in an access log; the rest of the format follows in its own order. */
const first = [
  'routeKey',
  'eventType',
  'status',
  'integrationLatency',
  'connectionId',
  'error.message',
  'identity.sourceIp',
  'extendedRequestId',
  'requestId',
];
/** The row's time says it already. */
const told = ['requestTime', 'requestTimeEpoch'];

function access(width: number, row: BookRow | undefined): Column[] {
  const time: Column = { id: 'time', name: 'Time', track: '92px' };
  const fields = row?.kind === 'access' ? [...new Set(row.record.fields.map(([name]) => name))] : [];
  if (fields.length === 0) return [time, { id: 'unread', name: 'Record', track: 'minmax(0, 1fr)' }];
  const rank = (name: string) => (first.includes(name) ? first.indexOf(name) : first.length);
  const room = Math.max(2, Math.floor((width - 110) / 122));
  const ordered = fields
    .filter((name) => !told.includes(name))
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, room);
  return [time, ...ordered.map((name) => ({ id: name, name, track: 'minmax(64px, 1fr)' }))];
}

/** `sample`: a record of the access log, for its fields. */
export function columnsOf(view: View, width: number, sample?: BookRow): Column[] {
  if (view === 'access') return access(width, sample);
  const all = { requests, lines, connections }[view];
  return all.filter((c) => (c.from ?? 0) <= width);
}
