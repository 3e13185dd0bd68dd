import { SqliteQueue } from '../../../../server/queue/sqlite-queue';
import { LEASE_MS } from '../../../support/queue-bench';
import { describeQueue } from './queue-contract';

describeQueue('the SQLite queue', (leases) => new SqliteQueue(leases, LEASE_MS));
