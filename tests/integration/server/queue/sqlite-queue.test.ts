import pino from 'pino';
import { SqliteQueue } from '../../../../server/queue/sqlite-queue';
import { LEASE_MS } from '../../../support/queue-bench';
import { describeQueue } from './queue-contract';

const silent = pino({ level: 'silent' });

describeQueue('the SQLite queue', (leases) => new SqliteQueue(leases, LEASE_MS, silent));
