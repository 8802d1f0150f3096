import { fakeCatalogue } from './fake-catalogue';
import type { FakeWorkerOptions } from './fake-worker';

/** Makes a fake worker say that it has this model beside the toy. */
export const withPretrained: FakeWorkerOptions['alter'] = (message) =>
  message.type === 'hello'
    ? {
        ...message,
        catalogue: {
          ...fakeCatalogue,
          models: fakeCatalogue.models.flatMap((toy) => [
            toy,
            { ...toy, id: 'dbcnn', title: 'DBCNN' },
          ]),
        },
      }
    : message;
