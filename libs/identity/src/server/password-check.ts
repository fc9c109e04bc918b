import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '@tollgate/database';
import { maxPasswordLength, userNameProblem } from '../domain/index.js';
import { User } from './identity.entities.js';
import { hashPassword, noPasswordHash, PasswordMemory } from './password-hash.js';
import { UserReader, type UserView } from './user.reader.js';

export interface NameAndPassword {
  readonly organization: string;
  readonly userName: string;
  readonly password: string;
}

/** Compares passwords with the stored hashes. Counts nothing: callers from outside go through `SignInService`. */
@Injectable()
export class PasswordCheck {
  private readonly memory = new PasswordMemory();
  private readonly decoy = hashPassword(randomUUID());

  constructor(
    private readonly db: Database,
    private readonly reader: UserReader,
  ) {}

  /**
   * The user when this process saw this password match before and the user may act, else null. Costs no argon2 run, for
   * callers who send Basic credentials with each request.
   */
  async remembered(given: NameAndPassword): Promise<UserView | null> {
    const user = await this.find(given);
    if (!user || !this.memory.knows(given.password, user.passwordHash)) return null;
    return this.activeView(given);
  }

  /**
   * The user when the password is right and the user may act, else null. Costs the same for a name that does not exist,
   * so that the answer's time does not tell which names do.
   */
  async verify(given: NameAndPassword): Promise<UserView | null> {
    const user = await this.find(given);
    const stored = user?.passwordHash ?? (await this.decoy);
    const matches = await this.memory.matches(given.password.slice(0, maxPasswordLength), stored);
    return user && matches ? this.activeView(given) : null;
  }

  private async find({ organization, userName, password }: NameAndPassword): Promise<User | null> {
    if (userNameProblem(userName) !== null || password.length > maxPasswordLength) return null;
    const user = await this.db.manager.findOneBy(User, { organization, userName });
    const isExact = user?.userName === userName && user.organization === organization;
    return isExact && user.passwordHash !== noPasswordHash ? user : null;
  }

  private async activeView({ organization, userName }: NameAndPassword): Promise<UserView | null> {
    const view = await this.reader.find(organization, userName);
    return view?.active ? view : null;
  }
}
