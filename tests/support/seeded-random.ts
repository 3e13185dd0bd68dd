export { seededRandom } from '../../models/evaluation/seeded-random';
