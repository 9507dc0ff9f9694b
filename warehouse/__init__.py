"""The ground floor: settings, engines, dbt, generations, the operations store, the run lock."""
