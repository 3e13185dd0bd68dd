import { approvalRule, reliabilityBins } from '../../../models/evaluation/calibration';
import type { Config } from '../../config';
import { AppError } from '../../errors';
import type { ModelFigures } from '../../evaluation/figures';
import type { DecidedTexts } from '../../evaluation/report';
import { readJudgements, type ModelJudgement } from '../../review/judgements';
import { sentenceOf } from '../caption/lines';
import { withData } from '../live-data';

type Complain = (text: string) => void;

/** The promise that the report looks for a rule to. */
const MOST_BAD = 0.05;

/** What people decided in the sidecar of these settings; of no site where there is none here. */
async function allJudgements(config: Config, site: string | null, complain: Complain): Promise<ModelJudgement[]> {
  try {
    return await withData(config, ({ storage, sites }) => {
      const wanted = sites.list().filter(({ id, name }) => site === null || site === id || site === name);
      if (site !== null && wanted.length === 0) throw new AppError('NOT_FOUND');
      return wanted.flatMap(({ id }) => readJudgements(storage, id));
    });
  } catch (error) {
    if (site !== null || !(error instanceof AppError)) throw error;
    // Nobody asked for them: models can be compared all the same.
    if (error.code !== 'DATA_DIR_MISSING') complain(`The report shows no decisions: ${sentenceOf(error)}\n`);
    return [];
  }
}

/**
 * What decisions say about each model, by the model's own confidence. `site`: id or name of one; null: all of this sidecar, if its database can be read.
 * Throws NOT_FOUND for a named site that is not there, and what opening the database can throw.
 */
export async function decisionsHere(
  config: Config,
  site: string | null,
  complain: Complain,
): Promise<(model: Pick<ModelFigures, 'model' | 'fingerprint'>) => DecidedTexts | null> {
  const all = await allJudgements(config, site, complain);
  return ({ model, fingerprint }) => {
    const own = all.filter(({ model: wrote }) => {
      return fingerprint === null ? wrote.id === model : wrote.fingerprint === fingerprint;
    });
    if (own.length === 0) return null;
    return { count: own.length, bins: reliabilityBins(own), rule: approvalRule(own, MOST_BAD) };
  };
}
