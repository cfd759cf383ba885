/** What somebody is asked to approve: an action, mostly the call of a tool. */
export interface ActionRequest {
  action: string;
  args: Record<string, any>;
}

/** Which answers there may be. */
export interface HumanInterruptConfig {
  allow_ignore: boolean;
  allow_respond: boolean;
  allow_edit: boolean;
  allow_accept: boolean;
}

/** A question in the form that inboxes for agents show: the value of an `interrupt`. */
export interface HumanInterrupt {
  action_request: ActionRequest;
  config: HumanInterruptConfig;
  description?: string;
}

/** The answer to a {@link HumanInterrupt}. */
export interface HumanResponse {
  type: 'accept' | 'ignore' | 'response' | 'edit';
  args: null | string | ActionRequest;
}
