// Written by tools/generate_docs.py; change what it is made from.

/** An exact decimal, as text: "5198.323832". See decimal.ts. */
export type Decimal = string;
/** A day, UTC: "2026-11-25". A month is its first day. */
export type Day = string;
/** An instant, UTC: "2026-11-25T14:00:00Z". */
export type Instant = string;

/** A row, and beside it what it is compared with (`compare=previous` or `year`). */
export type Compared<R> = R & { compare?: R | null };

/**
 * What each route takes and what its rows hold. A column is null where there is no value, and
 * absent where the shape asked for (a grain, a split) or the generation does not have it.
 */
export interface Routes {
  /** Serve the KPIs of the newest period, or of each period of a range. */
  "/v1/kpis": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      compare?: "none" | "previous" | "year";
      grain?: "day" | "week" | "month";
    };
    row: Compared<{
      first_day?: Day | null;
      last_day?: Day | null;
      is_partial?: boolean | null;
      date?: Day | null;
      mrr_usd?: Decimal | null;
      arr_usd?: Decimal | null;
      paying_customers?: number | null;
      new_mrr_usd?: Decimal | null;
      expansion_mrr_usd?: Decimal | null;
      reactivation_mrr_usd?: Decimal | null;
      contraction_mrr_usd?: Decimal | null;
      churn_mrr_usd?: Decimal | null;
      gross_volume_usd?: Decimal | null;
      refunds_usd?: Decimal | null;
      disputes_usd?: Decimal | null;
      stripe_fees_usd?: Decimal | null;
      net_volume_usd?: Decimal | null;
      recognised_revenue_usd?: Decimal | null;
      dau?: number | null;
      wau?: number | null;
      mau?: number | null;
      videos_completed?: number | null;
      videos_failed?: number | null;
      credits_used?: number | null;
      provider_cost_usd?: Decimal | null;
      gross_margin_usd?: Decimal | null;
      open_alerts?: number | null;
    }>;
  };
  /** Serve the KPIs of a whole range as one row. */
  "/v1/kpis/summary": {
    query: {
      from?: string;
      to?: string;
      compare?: "none" | "previous" | "year";
    };
    row: Compared<{
      net_new_mrr_usd?: Decimal | null;
      arpa_usd?: Decimal | null;
      first_day?: Day | null;
      last_day?: Day | null;
      is_partial?: boolean | null;
      date?: Day | null;
      mrr_usd?: Decimal | null;
      arr_usd?: Decimal | null;
      paying_customers?: number | null;
      new_mrr_usd?: Decimal | null;
      expansion_mrr_usd?: Decimal | null;
      reactivation_mrr_usd?: Decimal | null;
      contraction_mrr_usd?: Decimal | null;
      churn_mrr_usd?: Decimal | null;
      gross_volume_usd?: Decimal | null;
      refunds_usd?: Decimal | null;
      disputes_usd?: Decimal | null;
      stripe_fees_usd?: Decimal | null;
      net_volume_usd?: Decimal | null;
      recognised_revenue_usd?: Decimal | null;
      dau?: number | null;
      wau?: number | null;
      mau?: number | null;
      videos_completed?: number | null;
      videos_failed?: number | null;
      credits_used?: number | null;
      provider_cost_usd?: Decimal | null;
      gross_margin_usd?: Decimal | null;
      open_alerts?: number | null;
    }>;
  };
  /** Serve MRR: the monthly roll-forward, or a series by day or week, or its split by plan. */
  "/v1/revenue/mrr": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      compare?: "none" | "previous" | "year";
      grain?: "day" | "week" | "month";
      segment?: "plan";
    };
    row: Compared<{
      month?: Day | null;
      opening_usd?: Decimal | null;
      new_usd?: Decimal | null;
      expansion_usd?: Decimal | null;
      reactivation_usd?: Decimal | null;
      resumed_usd?: Decimal | null;
      contraction_usd?: Decimal | null;
      churn_usd?: Decimal | null;
      paused_usd?: Decimal | null;
      fx_usd?: Decimal | null;
      closing_usd?: Decimal | null;
      customers_opening?: number | null;
      customers_new?: number | null;
      customers_reactivated?: number | null;
      customers_resumed?: number | null;
      customers_churned?: number | null;
      customers_paused?: number | null;
      customers_closing?: number | null;
      arr_usd?: Decimal | null;
      arpa_usd?: Decimal | null;
      quick_ratio?: Decimal | null;
      committed_mrr_usd?: Decimal | null;
      at_risk_mrr_usd?: Decimal | null;
      is_final?: boolean | null;
      first_day?: Day | null;
      last_day?: Day | null;
      is_partial?: boolean | null;
      date?: Day | null;
      mrr_usd?: Decimal | null;
      paying_customers?: number | null;
      new_mrr_usd?: Decimal | null;
      expansion_mrr_usd?: Decimal | null;
      reactivation_mrr_usd?: Decimal | null;
      contraction_mrr_usd?: Decimal | null;
      churn_mrr_usd?: Decimal | null;
      plan_key?: string | null;
      plan_name?: string | null;
      customers?: number | null;
    }>;
  };
  /** Serve what moved MRR from each period's opening to its closing. */
  "/v1/revenue/movements": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      compare?: "none" | "previous" | "year";
      grain?: "day" | "week" | "month";
      customer_key?: string;
    };
    row: Compared<{
      month?: Day | null;
      opening_usd?: Decimal | null;
      new_usd?: Decimal | null;
      expansion_usd?: Decimal | null;
      reactivation_usd?: Decimal | null;
      resumed_usd?: Decimal | null;
      contraction_usd?: Decimal | null;
      churn_usd?: Decimal | null;
      paused_usd?: Decimal | null;
      fx_usd?: Decimal | null;
      closing_usd?: Decimal | null;
      customers_opening?: number | null;
      customers_new?: number | null;
      customers_reactivated?: number | null;
      customers_resumed?: number | null;
      customers_churned?: number | null;
      customers_paused?: number | null;
      customers_closing?: number | null;
      is_final?: boolean | null;
      first_day?: Day | null;
      last_day?: Day | null;
      is_partial?: boolean | null;
      date?: Day | null;
      period_start?: Day | null;
      customer_key?: string | null;
      primary_movement?: string | null;
      from_plan_key?: string | null;
      to_plan_key?: string | null;
      cause_object_id?: string | null;
    }>;
  };
  /** Serve MRR as other systems define it, with the bridge: ours + gaps = theirs. */
  "/v1/revenue/definitions": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      compare?: "none" | "previous" | "year";
      grain?: "month";
      definition?: "ours" | "stripe" | "chartmogul" | "baremetrics" | "profitwell" | "paddle";
    };
    row: Compared<{
      month?: Day | null;
      definition?: string | null;
      mrr_usd?: Decimal | null;
      ours_usd?: Decimal | null;
      gap_awaiting_payment_usd?: Decimal | null;
      gap_beyond_grace_usd?: Decimal | null;
      gap_paused_usd?: Decimal | null;
      gap_coupons_usd?: Decimal | null;
      gap_fx_usd?: Decimal | null;
      gap_cancellation_usd?: Decimal | null;
      customers?: number | null;
      is_final?: boolean | null;
    }>;
  };
  /** Serve Stripe's balance transactions, summed by currency and class. */
  "/v1/revenue/cash": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      compare?: "none" | "previous" | "year";
      grain?: "day" | "week" | "month";
      currency?: string;
      cash_class?: "sale" | "refund" | "dispute" | "dispute_reversal" | "fee" | "tax" | "payout" | "payout_reversal" | "adjustment" | "reserve" | "other";
    };
    row: Compared<{
      first_day?: Day | null;
      last_day?: Day | null;
      is_partial?: boolean | null;
      date?: Day | null;
      currency?: string | null;
      cash_class?: string | null;
      transactions?: number | null;
      amount_minor?: number | null;
      fee_minor?: number | null;
      net_minor?: number | null;
      amount_usd?: Decimal | null;
      fee_usd?: Decimal | null;
      net_usd?: Decimal | null;
    }>;
  };
  /** Serve what was billed, recognised and deferred, and the cash beside it, by month. */
  "/v1/revenue/recognition": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      compare?: "none" | "previous" | "year";
      grain?: "month";
    };
    row: Compared<{
      month?: Day | null;
      billed_usd?: Decimal | null;
      recognised_usd?: Decimal | null;
      recognised_subscription_usd?: Decimal | null;
      recognised_pack_usd?: Decimal | null;
      recognised_other_usd?: Decimal | null;
      contra_usd?: Decimal | null;
      deferred_cleared_usd?: Decimal | null;
      refunds_usd?: Decimal | null;
      disputes_usd?: Decimal | null;
      stripe_fees_usd?: Decimal | null;
      net_cash_usd?: Decimal | null;
      recognised_revenue_usd?: Decimal | null;
      deferred_opening_usd?: Decimal | null;
      deferred_closing_usd?: Decimal | null;
      is_final?: boolean | null;
    }>;
  };
  /** Serve churn and retention rates by month. */
  "/v1/churn/retention": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      compare?: "none" | "previous" | "year";
      grain?: "month";
    };
    row: Compared<{
      month?: Day | null;
      logo_churn_rate?: Decimal | null;
      gross_mrr_churn_rate?: Decimal | null;
      net_mrr_churn_rate?: Decimal | null;
      grr_1m?: Decimal | null;
      nrr_1m?: Decimal | null;
      grr_3m?: Decimal | null;
      nrr_3m?: Decimal | null;
      grr_12m?: Decimal | null;
      nrr_12m?: Decimal | null;
      voluntary_churn_usd?: Decimal | null;
      involuntary_churn_usd?: Decimal | null;
      admin_churn_usd?: Decimal | null;
      trial_conversion_rate?: Decimal | null;
      recovery_rate?: Decimal | null;
      is_final?: boolean | null;
    }>;
  };
  /** Serve the videos asked for and the credits they took, by period and provider. */
  "/v1/usage/daily": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      compare?: "none" | "previous" | "year";
      grain?: "day" | "week" | "month";
      provider?: string;
    };
    row: Compared<{
      first_day?: Day | null;
      last_day?: Day | null;
      is_partial?: boolean | null;
      date?: Day | null;
      provider?: string | null;
      videos_requested?: number | null;
      videos_completed?: number | null;
      videos_failed?: number | null;
      credits_used?: number | null;
      credits_refunded?: number | null;
    }>;
  };
  /** Serve active users: of a day, of 7 days and of 30, at each period's end. */
  "/v1/usage/active-users": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      compare?: "none" | "previous" | "year";
      grain?: "day" | "week" | "month";
    };
    row: Compared<{
      first_day?: Day | null;
      last_day?: Day | null;
      is_partial?: boolean | null;
      date?: Day | null;
      dau?: number | null;
      wau?: number | null;
      mau?: number | null;
      stickiness?: Decimal | null;
      logged_in_30d?: number | null;
    }>;
  };
  /** Serve the credits that customers can still use, and what they are worth. */
  "/v1/usage/credits": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      compare?: "none" | "previous" | "year";
      grain?: "day" | "week" | "month";
    };
    row: Compared<{
      first_day?: Day | null;
      last_day?: Day | null;
      is_partial?: boolean | null;
      date?: Day | null;
      credits_paid_outstanding?: number | null;
      credits_free_outstanding?: number | null;
      liability_usd?: Decimal | null;
      cost_exposure_usd?: Decimal | null;
    }>;
  };
  /** Serve provider cost by period and provider. */
  "/v1/costs/providers": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      compare?: "none" | "previous" | "year";
      grain?: "day" | "week" | "month";
      provider?: string;
    };
    row: Compared<{
      first_day?: Day | null;
      last_day?: Day | null;
      is_partial?: boolean | null;
      date?: Day | null;
      provider?: string | null;
      calls?: number | null;
      videos?: number | null;
      completed_videos?: number | null;
      credits?: number | null;
      cost_usd?: Decimal | null;
      wasted_cost_usd?: Decimal | null;
      app_reported_cost_usd?: Decimal | null;
      variance_usd?: Decimal | null;
      cost_per_completed_video_usd?: Decimal | null;
      internal_cost_usd?: Decimal | null;
    }>;
  };
  /** Serve each provider's cost over a whole range. */
  "/v1/costs/providers/summary": {
    query: {
      from?: string;
      to?: string;
      compare?: "none" | "previous" | "year";
      provider?: string;
    };
    row: Compared<{
      first_day?: Day | null;
      last_day?: Day | null;
      is_partial?: boolean | null;
      date?: Day | null;
      provider?: string | null;
      calls?: number | null;
      videos?: number | null;
      completed_videos?: number | null;
      credits?: number | null;
      cost_usd?: Decimal | null;
      wasted_cost_usd?: Decimal | null;
      app_reported_cost_usd?: Decimal | null;
      variance_usd?: Decimal | null;
      cost_per_completed_video_usd?: Decimal | null;
      internal_cost_usd?: Decimal | null;
    }>;
  };
  /** Serve margin by month: in total, or by plan, provider, country or customer. */
  "/v1/margin": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      compare?: "none" | "previous" | "year";
      grain?: "month";
      dimension?: "total" | "plan" | "provider" | "country" | "customer";
      plan?: string;
      provider?: string;
      country?: string;
      customer_key?: string;
    };
    row: Compared<{
      month?: Day | null;
      dimension?: string | null;
      value?: string | null;
      recognised_revenue_usd?: Decimal | null;
      net_cash_usd?: Decimal | null;
      stripe_fees_usd?: Decimal | null;
      dispute_loss_usd?: Decimal | null;
      provider_cost_usd?: Decimal | null;
      gross_margin_usd?: Decimal | null;
      gross_margin_pct?: Decimal | null;
      is_final?: boolean | null;
    }>;
  };
  /** Serve customers with their MRR, revenue, cash, cost and margin. */
  "/v1/customers": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      sort?: "mrr" | "revenue" | "cash" | "cost" | "margin" | "created_at" | "customer_key";
      order?: "asc" | "desc";
      plan?: string;
      country?: string;
      q?: string;
    };
    row: {
      customer_key?: string | null;
      user_id?: string | null;
      primary_stripe_customer_id?: string | null;
      email_hash?: string | null;
      link_status?: string | null;
      country?: string | null;
      created_at?: Instant | null;
      first_paid_at?: Instant | null;
      cohort_month?: Day | null;
      current_plan_key?: string | null;
      plan_name?: string | null;
      is_internal?: boolean | null;
      is_deleted?: boolean | null;
      mrr_usd?: Decimal | null;
      recognised_revenue_usd?: Decimal | null;
      net_cash_usd?: Decimal | null;
      provider_cost_usd?: Decimal | null;
      gross_margin_usd?: Decimal | null;
      stripe_url?: string | null;
    };
  };
  /** Serve one customer: subscriptions, invoices, payments, movements, credits, videos. */
  "/v1/customers/{customer_key}": {
    query: {};
    row: {
      customer_key?: string | null;
      user_id?: string | null;
      primary_stripe_customer_id?: string | null;
      email_hash?: string | null;
      link_status?: string | null;
      country?: string | null;
      created_at?: Instant | null;
      first_paid_at?: Instant | null;
      cohort_month?: Day | null;
      current_plan_key?: string | null;
      plan_name?: string | null;
      is_internal?: boolean | null;
      is_deleted?: boolean | null;
      mrr_usd?: Decimal | null;
      recognised_revenue_usd?: Decimal | null;
      net_cash_usd?: Decimal | null;
      provider_cost_usd?: Decimal | null;
      gross_margin_usd?: Decimal | null;
      stripe_url?: string | null;
      subscriptions?: unknown[] | null;
      stripe_customers?: unknown[] | null;
      movements?: unknown[] | null;
      invoices?: unknown[] | null;
      payments?: unknown[] | null;
      refunds?: unknown[] | null;
      disputes?: unknown[] | null;
      subscription_events?: unknown[] | null;
      credit_lots?: unknown[] | null;
      videos?: unknown[] | null;
      margin?: unknown[] | null;
      truncated?: unknown[] | null;
    };
  };
  /** Serve stripe's balance rolled forward by day, against what Stripe itself says it is. */
  "/v1/revenue/balance": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      status?: "matched" | "different" | "unread";
      currency?: string;
    };
    row: {
      currency?: string | null;
      date?: Day | null;
      opening_minor?: number | null;
      net_minor?: number | null;
      closing_minor?: number | null;
      stripe_minor?: number | null;
      status?: string | null;
    };
  };
  /** Serve what Stripe sent to the bank, with its page in Stripe. */
  "/v1/revenue/payouts": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      status?: "paid" | "pending" | "in_transit" | "canceled" | "failed";
      currency?: string;
    };
    row: {
      payout_id?: string | null;
      created_at?: Instant | null;
      arrives_at?: Instant | null;
      returned_at?: Instant | null;
      currency?: string | null;
      amount_minor?: number | null;
      automatic?: boolean | null;
      status?: string | null;
      method?: string | null;
      type?: string | null;
      failure_code?: string | null;
      original_payout_id?: string | null;
      balance_transaction_id?: string | null;
      failure_balance_transaction_id?: string | null;
      sent_minor?: number | null;
      returned_minor?: number | null;
      amount_usd?: Decimal | null;
      account_id?: string | null;
      stripe_url?: string | null;
    };
  };
  /** Serve invoices with their arithmetic, and their page in Stripe. */
  "/v1/revenue/invoices": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      status?: "draft" | "open" | "paid" | "uncollectible" | "void";
      currency?: string;
      customer_key?: string;
    };
    row: {
      invoice_id?: string | null;
      number?: string | null;
      customer_key?: string | null;
      is_internal?: boolean | null;
      stripe_customer_id?: string | null;
      subscription_id?: string | null;
      status?: string | null;
      billing_reason?: string | null;
      collection_method?: string | null;
      created_at?: Instant | null;
      finalized_at?: Instant | null;
      due_at?: Instant | null;
      paid_at?: Instant | null;
      voided_at?: Instant | null;
      marked_uncollectible_at?: Instant | null;
      attempt_count?: number | null;
      currency?: string | null;
      subtotal_minor?: number | null;
      discount_minor?: number | null;
      tax_minor?: number | null;
      inclusive_tax_minor?: number | null;
      total_minor?: number | null;
      starting_balance_minor?: number | null;
      ending_balance_minor?: number | null;
      pre_payment_credit_notes_minor?: number | null;
      post_payment_credit_notes_minor?: number | null;
      amount_due_minor?: number | null;
      amount_paid_minor?: number | null;
      amount_remaining_minor?: number | null;
      amount_overpaid_minor?: number | null;
      paid_out_of_band_minor?: number | null;
      total_usd?: Decimal | null;
      total_excluding_tax_usd?: Decimal | null;
      amount_due_usd?: Decimal | null;
      account_id?: string | null;
      stripe_url?: string | null;
    };
  };
  /** Serve charges: what was taken and what is left of it, with their page in Stripe. */
  "/v1/revenue/payments": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      status?: "succeeded" | "pending" | "failed";
      currency?: string;
      customer_key?: string;
    };
    row: {
      charge_id?: string | null;
      payment_intent_id?: string | null;
      invoice_id?: string | null;
      subscription_id?: string | null;
      customer_key?: string | null;
      is_internal?: boolean | null;
      revenue_stream?: string | null;
      created_at?: Instant | null;
      status?: string | null;
      failure_code?: string | null;
      payment_method_type?: string | null;
      billing_country?: string | null;
      card_country?: string | null;
      currency?: string | null;
      amount_minor?: number | null;
      captured_minor?: number | null;
      refunded_minor?: number | null;
      disputed_minor?: number | null;
      retained_minor?: number | null;
      settlement_currency?: string | null;
      settled_minor?: number | null;
      fee_minor?: number | null;
      amount_usd?: Decimal | null;
      fee_usd?: Decimal | null;
      account_id?: string | null;
      stripe_url?: string | null;
    };
  };
  /** Serve refunds, failed ones included, with the page of their payment in Stripe. */
  "/v1/revenue/refunds": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      currency?: string;
      customer_key?: string;
    };
    row: {
      refund_id?: string | null;
      charge_id?: string | null;
      payment_intent_id?: string | null;
      invoice_id?: string | null;
      subscription_id?: string | null;
      customer_key?: string | null;
      is_internal?: boolean | null;
      created_at?: Instant | null;
      failed_at?: Instant | null;
      currency?: string | null;
      amount_minor?: number | null;
      status?: string | null;
      reason?: string | null;
      failure_reason?: string | null;
      is_capture_release?: boolean | null;
      settlement_currency?: string | null;
      settled_minor?: number | null;
      amount_usd?: Decimal | null;
      account_id?: string | null;
      stripe_url?: string | null;
    };
  };
  /** Serve disputes and inquiries, with the page of their payment in Stripe. */
  "/v1/revenue/disputes": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      outcome?: "won" | "lost" | "prevented" | "inquiry" | "open";
      currency?: string;
      customer_key?: string;
    };
    row: {
      dispute_id?: string | null;
      charge_id?: string | null;
      invoice_id?: string | null;
      subscription_id?: string | null;
      customer_key?: string | null;
      is_internal?: boolean | null;
      created_at?: Instant | null;
      evidence_due_at?: Instant | null;
      currency?: string | null;
      amount_minor?: number | null;
      status?: string | null;
      reason?: string | null;
      outcome?: string | null;
      transactions?: number | null;
      withdrawn_at?: Instant | null;
      reinstated_at?: Instant | null;
      disputed_minor?: number | null;
      settlement_currency?: string | null;
      settled_minor?: number | null;
      fee_minor?: number | null;
      amount_usd?: Decimal | null;
      fee_usd?: Decimal | null;
      account_id?: string | null;
      stripe_url?: string | null;
    };
  };
  /** Serve what is left of the customers who began in one month, month by month. */
  "/v1/churn/cohorts": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
    };
    row: {
      cohort_month?: Day | null;
      age_months?: number | null;
      month?: Day | null;
      customers_start?: number | null;
      customers_active?: number | null;
      mrr_usd?: Decimal | null;
      mrr_start_usd?: Decimal | null;
      is_final?: boolean | null;
    };
  };
  /** Serve customers lost: when, what they were worth, and why. */
  "/v1/churn/events": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      churn_type?: "voluntary" | "involuntary_payment" | "involuntary_dispute" | "admin" | "to_free";
      plan?: string;
      customer_key?: string;
    };
    row: {
      customer_key?: string | null;
      churned_on?: Day | null;
      mrr_lost_usd?: Decimal | null;
      churn_type?: string | null;
      reason?: string | null;
      feedback?: string | null;
      requested_at?: Instant | null;
      effective_at?: Instant | null;
      tenure_days?: number | null;
      plan_key?: string | null;
      reactivated_on?: Day | null;
      subscription_id?: string | null;
      stripe_url?: string | null;
    };
  };
  /** Serve invoices whose payment failed, and what became of them. */
  "/v1/churn/dunning": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      outcome?: "recovered" | "lost" | "voided" | "pending";
      currency?: string;
      customer_key?: string;
    };
    row: {
      invoice_id?: string | null;
      subscription_id?: string | null;
      customer_key?: string | null;
      is_internal?: boolean | null;
      opened_at?: Instant | null;
      last_failed_at?: Instant | null;
      attempts?: number | null;
      failure_code?: string | null;
      currency?: string | null;
      amount_due_minor?: number | null;
      amount_due_usd?: Decimal | null;
      outcome?: string | null;
      closed_at?: Instant | null;
      is_recovered_in_time?: boolean | null;
      is_mature?: boolean | null;
      days?: number | null;
      stripe_url?: string | null;
    };
  };
  /** Serve trials, and whether they were paid for. */
  "/v1/churn/trials": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      plan?: string;
      customer_key?: string;
    };
    row: {
      subscription_id?: string | null;
      customer_key?: string | null;
      is_internal?: boolean | null;
      plan_key?: string | null;
      started_at?: Instant | null;
      ends_at?: Instant | null;
      first_paid_invoice_id?: string | null;
      first_paid_at?: Instant | null;
      converted_at?: Instant | null;
      ended_at?: Instant | null;
      is_converted?: boolean | null;
      is_mature?: boolean | null;
      stripe_url?: string | null;
    };
  };
  /** Serve everything that happened to subscriptions: starts, upgrades, requests to leave, ends. */
  "/v1/churn/subscription-events": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      event_type?: string;
      customer_key?: string;
    };
    row: {
      subscription_id?: string | null;
      event_seq?: number | null;
      event_type?: string | null;
      occurred_at?: Instant | null;
      customer_key?: string | null;
      is_internal?: boolean | null;
      from_plan_key?: string | null;
      to_plan_key?: string | null;
      list_mrr_before_usd?: Decimal | null;
      list_mrr_after_usd?: Decimal | null;
      reason?: string | null;
      feedback?: string | null;
      history_source?: string | null;
      source_event_id?: string | null;
      stripe_url?: string | null;
    };
  };
  /** Serve calls to providers, each priced at the rate valid at its instant. */
  "/v1/usage/api-logs": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      provider?: string;
      customer_key?: string;
    };
    row: {
      usage_log_id?: string | null;
      video_id?: string | null;
      user_id?: string | null;
      customer_key?: string | null;
      is_internal?: boolean | null;
      provider?: string | null;
      credits?: number | null;
      rate_id?: string | null;
      cost_usd?: Decimal | null;
      no_cost_reason?: string | null;
      app_reported_cost_usd?: Decimal | null;
      variance_usd?: Decimal | null;
      attempt_no?: number | null;
      is_wasted?: boolean | null;
      occurred_at?: Instant | null;
      is_late?: boolean | null;
      is_deleted?: boolean | null;
    };
  };
  /** Serve credits as they came in, sold, granted or given: what they brought and what is left. */
  "/v1/usage/credit-lots": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      kind?: "pack" | "plan_grant" | "promotion" | "adjustment" | "refund" | "overdraft";
      customer_key?: string;
    };
    row: {
      lot_id?: string | null;
      customer_key?: string | null;
      user_id?: string | null;
      kind?: string | null;
      credits?: number | null;
      used?: number | null;
      expired?: number | null;
      clawed_back?: number | null;
      remaining?: number | null;
      unit_price_usd?: Decimal | null;
      price_usd?: Decimal | null;
      liability_usd?: Decimal | null;
      payment_intent_id?: string | null;
      granted_at?: Instant | null;
      expires_at?: Instant | null;
    };
  };
  /** Serve videos with what each cost, wasted ones included. */
  "/v1/costs/videos": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      provider?: string;
      status?: "PENDING" | "PROCESSING" | "COMPLETED" | "FAILED";
      customer_key?: string;
    };
    row: {
      video_id?: string | null;
      user_id?: string | null;
      customer_key?: string | null;
      is_internal?: boolean | null;
      provider?: string | null;
      status?: string | null;
      created_at?: Instant | null;
      completed_at?: Instant | null;
      credits_used?: number | null;
      credits_refunded?: number | null;
      attempts?: number | null;
      provider_cost_usd?: Decimal | null;
      is_wasted?: boolean | null;
      is_deleted?: boolean | null;
    };
  };
  /** Serve the rate card: what each provider asks for a credit, and since when. */
  "/v1/costs/rates": {
    query: {
      limit?: number;
      cursor?: string;
      provider?: string;
    };
    row: {
      rate_id?: string | null;
      provider?: string | null;
      usd_per_credit?: Decimal | null;
      valid_from?: Instant | null;
      valid_to?: Instant | null;
      bills_failures?: boolean | null;
      recorded_at?: Instant | null;
    };
  };
  /** Serve what is sold: every plan and pack with its name and price. */
  "/v1/plans": {
    query: {
      limit?: number;
      cursor?: string;
    };
    row: {
      plan_key?: string | null;
      kind?: string | null;
      name?: string | null;
      interval?: string | null;
      interval_count?: number | null;
      unit_amount_minor?: number | null;
      currency?: string | null;
      credits?: number | null;
      product_id?: string | null;
      account_id?: string | null;
    };
  };
  /** Serve what a customer of each plan brings, costs and is worth, by month. */
  "/v1/margin/unit-economics": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      plan?: string;
    };
    row: {
      month?: Day | null;
      plan_key?: string | null;
      customers?: number | null;
      mrr_usd?: Decimal | null;
      arpa_usd?: Decimal | null;
      recognised_revenue_usd?: Decimal | null;
      gross_margin_usd?: Decimal | null;
      gross_margin_pct?: Decimal | null;
      churn_rate?: Decimal | null;
      ltv_usd?: Decimal | null;
      cohort_customers?: number | null;
      cohort_margin_usd?: Decimal | null;
      is_final?: boolean | null;
    };
  };
  /** Serve what later runs changed in months that were closed, with the cause. */
  "/v1/restatements": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      metric?: string;
    };
    row: {
      metric?: string | null;
      month?: Day | null;
      run_id?: string | null;
      restated_at?: Instant | null;
      before?: Decimal | null;
      after?: Decimal | null;
      cause?: string | null;
      evidence?: string | null;
    };
  };
  /** Serve every check of this generation with its result. */
  "/v1/data-quality": {
    query: {
      limit?: number;
      cursor?: string;
      status?: "passed" | "warned" | "failed";
      table?: string;
    };
    row: {
      check_name?: string | null;
      table_name?: string | null;
      status?: string | null;
      severity?: string | null;
      failures?: number | null;
      message?: string | null;
      description?: string | null;
      run_id?: string | null;
      checked_at?: Instant | null;
    };
  };
  /** Serve values of Stripe's that the pinned API version does not know. */
  "/v1/data-quality/unknown-values": {
    query: {
      limit?: number;
      cursor?: string;
    };
    row: {
      source?: string | null;
      field?: string | null;
      value?: string | null;
      rows?: number | null;
      first_seen_at?: Instant | null;
      example_id?: string | null;
    };
  };
  /** Serve whether each invoice adds up and was paid by what was charged for it. */
  "/v1/reconciliations/invoices": {
    query: {
      limit?: number;
      cursor?: string;
      is_reconciled?: boolean;
      customer_key?: string;
    };
    row: {
      invoice_id?: string | null;
      customer_key?: string | null;
      status?: string | null;
      currency?: string | null;
      subtotal_minor?: number | null;
      lines_minor?: number | null;
      discount_minor?: number | null;
      tax_minor?: number | null;
      total_minor?: number | null;
      amount_due_minor?: number | null;
      amount_paid_minor?: number | null;
      amount_remaining_minor?: number | null;
      charges_minor?: number | null;
      paid_out_of_band_minor?: number | null;
      total_gap_minor?: number | null;
      lines_gap_minor?: number | null;
      due_gap_minor?: number | null;
      cash_gap_minor?: number | null;
      is_reconciled?: boolean | null;
      stripe_url?: string | null;
    };
  };
  /** Serve whether each payout is what left the balance, and the sum of what it paid out. */
  "/v1/reconciliations/payouts": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      is_reconciled?: boolean;
      currency?: string;
    };
    row: {
      payout_id?: string | null;
      created_at?: Instant | null;
      currency?: string | null;
      automatic?: boolean | null;
      status?: string | null;
      amount_minor?: number | null;
      sent_minor?: number | null;
      returned_minor?: number | null;
      available_minor?: number | null;
      left_minor?: number | null;
      is_reconciled?: boolean | null;
      paid_out_minor?: number | null;
      transactions?: number | null;
      stripe_url?: string | null;
    };
  };
  /** Serve what became of everything billed: recognised, deferred or cleared. */
  "/v1/reconciliations/recognition": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      customer_key?: string;
    };
    row: {
      source_object_id?: string | null;
      stream?: string | null;
      customer_key?: string | null;
      billed_on?: Day | null;
      line_usd?: Decimal | null;
      recognised_usd?: Decimal | null;
      deferred_usd?: Decimal | null;
      cleared_usd?: Decimal | null;
      contra_usd?: Decimal | null;
    };
  };
  /** Serve alerts, newest first, with their state: open, acknowledged or resolved. */
  "/v1/alerts": {
    query: {
      limit?: number;
      cursor?: string;
      from?: string;
      to?: string;
      state?: "open" | "acknowledged" | "resolved";
    };
    row: {
      alert_id?: string | null;
      origin?: string | null;
      type?: string | null;
      severity?: string | null;
      subject?: string | null;
      message?: string | null;
      raised_at?: Instant | null;
      resolved_at?: Instant | null;
      state?: string | null;
      acknowledged_at?: Instant | null;
      acknowledged_by?: string | null;
    };
  };
  /** Serve the generations that are kept, newest first, and which of them is served. */
  "/v1/generations": {
    query: {
      limit?: number;
      cursor?: string;
    };
    row: {
      id?: string | null;
      active?: boolean | null;
      as_of?: Instant | null;
      published_at?: Instant | null;
      mode?: string | null;
      tables?: number | null;
      rows?: number | null;
      checks_passed?: number | null;
      checks_warned?: number | null;
    };
  };
  /** Serve the catalogue: every published table with its grain, columns and units. */
  "/v1/marts": {
    query: {
      limit?: number;
      cursor?: string;
    };
    row: {
      name?: string | null;
      description?: string | null;
      grain?: string | null;
      rows?: number | null;
      columns?: unknown[] | null;
      freshness?: Record<string, unknown> | null;
      routes?: unknown[] | null;
    };
  };
  /** Serve how late each source and mart is, worked out now. */
  "/v1/freshness": {
    query: {};
    row: {
      source?: string | null;
      synced_through?: Instant | null;
      loaded_at?: Instant | null;
      rows?: number | null;
      rows_left_out?: number | null;
      expected_every?: string | null;
      status_at_build?: string | null;
      expected_by?: Instant | null;
      status?: string | null;
    };
  };
  /** Serve each reconciliation: what is compared with what, how often, and what differs. */
  "/v1/reconciliations": {
    query: {};
    row: {
      reconciliation?: string | null;
      table?: string | null;
      description?: string | null;
      compared?: number | null;
      differing?: number | null;
      is_reconciled?: boolean | null;
      route?: string | null;
    };
  };
  /** Serve a figure's definition, SQL and tests, and the objects that sum to it. */
  "/v1/metrics/{metric}/explain": {
    query: {
      limit?: number;
      cursor?: string;
      period: string;
      slice?: string;
    };
    row: {
      object_type?: string | null;
      object_id?: string | null;
      amount?: Decimal | null;
      stripe_url?: string | null;
    };
  };
}
