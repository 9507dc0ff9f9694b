with

final as (
    {{ object_slice_rows() }}
)

select * from final
