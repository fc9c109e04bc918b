import type { DataSource, QueryRunner } from 'typeorm';

interface Driver {
  createQueryRunner(mode: 'master' | 'slave'): QueryRunner;
}

/** Lets `change` alter every QueryRunner of a data source when it is made: the one place that all statements pass. */
export function eachQueryRunner(dataSource: DataSource, change: (runner: QueryRunner) => void): void {
  const driver = dataSource.driver as unknown as Driver;
  const create = driver.createQueryRunner.bind(driver);
  driver.createQueryRunner = (mode) => {
    const runner = create(mode);
    change(runner);
    return runner;
  };
}
