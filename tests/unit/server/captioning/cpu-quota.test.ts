import { availableParallelism } from 'node:os';
import { cpuQuota, usableCores } from '../../../../server/captioning/cpu-quota';
import { thisMachine, usualThreads } from '../../../../server/captioning/worker-count';

type Files = Readonly<Record<string, string>>;
const reader = (files: Files) => (file: string) => files[file] ?? null;
const ROOT = '/sys/fs/cgroup';
const v1 = (folder: string, quota: number, period = 100_000): Files => ({
  [`${folder}/cpu.cfs_quota_us`]: `${quota}\n`,
  [`${folder}/cpu.cfs_period_us`]: `${period}\n`,
});

describe('the processor time that a container may use', () => {
  test.each<{ name: string; files: Files; expected: number }>([
    { name: 'nothing is known outside Linux', files: {}, expected: Infinity },
    {
      name: 'docker run --cpus=2 with cgroups version 2',
      files: { '/proc/self/cgroup': '0::/\n', [`${ROOT}/cpu.max`]: '200000 100000\n' },
      expected: 2,
    },
    {
      name: 'no limit with cgroups version 2',
      files: { '/proc/self/cgroup': '0::/\n', [`${ROOT}/cpu.max`]: 'max 100000\n' },
      expected: Infinity,
    },
    {
      name: 'CPUQuota= of a systemd unit',
      files: {
        '/proc/self/cgroup': '0::/system.slice/altsmith.service\n',
        [`${ROOT}/system.slice/altsmith.service/cpu.max`]: '150000 100000\n',
      },
      expected: 1.5,
    },
    {
      name: 'a slice above with a smaller quota',
      files: {
        '/proc/self/cgroup': '0::/web.slice/altsmith.service\n',
        [`${ROOT}/web.slice/altsmith.service/cpu.max`]: '800000 100000\n',
        [`${ROOT}/web.slice/cpu.max`]: '300000 100000\n',
      },
      expected: 3,
    },
    {
      name: 'a slice above with a larger quota',
      files: {
        '/proc/self/cgroup': '0::/web.slice/altsmith.service\n',
        [`${ROOT}/web.slice/altsmith.service/cpu.max`]: '100000 100000\n',
        [`${ROOT}/web.slice/cpu.max`]: '300000 100000\n',
      },
      expected: 1,
    },
    {
      name: 'a path that leaves the namespace of the container',
      files: { '/proc/self/cgroup': '0::/../other\n', [`${ROOT}/cpu.max`]: '400000 100000\n' },
      expected: 4,
    },
    {
      name: 'a group with colons in its name',
      files: { '/proc/self/cgroup': '0::/a:b\n', [`${ROOT}/a:b/cpu.max`]: '50000 100000\n' },
      expected: 0.5,
    },
    {
      name: 'docker run --cpus=2 with version 1, whose path is the host’s',
      files: {
        '/proc/self/cgroup': '4:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n1:name=systemd:/docker/abc\n',
        ...v1(`${ROOT}/cpu,cpuacct`, 200_000),
      },
      expected: 2,
    },
    {
      name: 'version 1 mounted under the name of one controller',
      files: { '/proc/self/cgroup': '3:cpuacct,cpu:/pod/x\n', ...v1(`${ROOT}/cpu/pod`, 25_000, 50_000) },
      expected: 0.5,
    },
    {
      name: 'no limit with version 1',
      files: { '/proc/self/cgroup': '1:cpu:/\n0::/\n', ...v1(`${ROOT}/cpu`, -1) },
      expected: Infinity,
    },
    {
      name: 'a quota of another controller',
      files: { '/proc/self/cgroup': '2:cpuset:/\n', ...v1(`${ROOT}/cpuset`, 100_000) },
      expected: Infinity,
    },
    {
      name: 'a file that holds something else',
      files: { '/proc/self/cgroup': 'rubbish\n0::/\n', [`${ROOT}/cpu.max`]: '\n' },
      expected: Infinity,
    },
  ])('is $expected: $name', ({ files, expected }) => {
    expect(cpuQuota(reader(files))).toBe(expected);
  });
});

describe('the threads that are started', () => {
  test.each([
    { cores: 64, quota: Infinity, expected: 64 },
    { cores: 64, quota: 2, expected: 2 },
    { cores: 64, quota: 2.9, expected: 2 },
    { cores: 64, quota: 0.5, expected: 1 },
    { cores: 2, quota: 8, expected: 2 },
  ])('are $expected on $cores cores with a quota of $quota', ({ cores, quota, expected }) => {
    expect(usableCores(cores, quota)).toBe(expected);
  });

  test('are shared out among the workers, at least one each', () => {
    expect([usualThreads(1, 2), usualThreads(2, 2), usualThreads(2, 5), usualThreads(8, 2)]).toEqual([2, 1, 2, 1]);
  });

  test('follow the quota of this very process', () => {
    const quota = cpuQuota();
    expect(thisMachine().cores).toBe(usableCores(availableParallelism(), quota));
    expect(thisMachine(reader({ '/proc/self/cgroup': '0::/\n', [`${ROOT}/cpu.max`]: '100000 100000\n' })).cores).toBe(
      1,
    );
  });
});
